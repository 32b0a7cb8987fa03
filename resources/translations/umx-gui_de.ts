<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
  <context>
    <name>umx-gui</name>
    <message>
      <source>
Of the {percent} % that are finished</source>
      <translation>
Von den fertigen {percent} %</translation>
    </message>
    <message>
      <source>   bar {place}</source>
      <translation>   Takt {place}</translation>
    </message>
    <message>
      <source> and </source>
      <translation> und </translation>
    </message>
    <message numerus="yes">
      <source> and {n} more</source>
      <translation>
        <numerusform> und {n} weitere</numerusform>
        <numerusform> und {n} weitere</numerusform>
      </translation>
    </message>
    <message>
      <source> or </source>
      <translation> oder </translation>
    </message>
    <message>
      <source> with {model}</source>
      <translation> mit {model}</translation>
    </message>
    <message>
      <source>, SDR gain {gain_db} dB</source>
      <translation>, SDR-Gewinn {gain_db} dB</translation>
    </message>
    <message>
      <source>, {draft} % as a draft</source>
      <translation>, {draft} % als Entwurf</translation>
    </message>
    <message>
      <source>, {time} left</source>
      <translation>, noch {time}</translation>
    </message>
    <message>
      <source>. Louder than full scale: it clips. Click to forget</source>
      <translation>. Lauter als Vollaussteuerung: übersteuert. Klick zum Vergessen</translation>
    </message>
    <message>
      <source>1 EM iteration</source>
      <translation>1 EM-Iteration</translation>
    </message>
    <message>
      <source>1/{name} of the window</source>
      <translation>1/{name} des Fensters</translation>
    </message>
    <message>
      <source>1200 frames: steady sound</source>
      <translation>1200 Frames: ruhiger Klang</translation>
    </message>
    <message>
      <source>150 frames</source>
      <translation>150 Frames</translation>
    </message>
    <message>
      <source>16 bit</source>
      <translation>16 Bit</translation>
    </message>
    <message>
      <source>24 bit</source>
      <translation>24 Bit</translation>
    </message>
    <message>
      <source>300 frames: as published</source>
      <translation>300 Frames: wie veröffentlicht</translation>
    </message>
    <message>
      <source>32 bit float</source>
      <translation>32-Bit-Gleitkomma</translation>
    </message>
    <message>
      <source>600 frames</source>
      <translation>600 Frames</translation>
    </message>
    <message>
      <source>75 frames: quick changes</source>
      <translation>75 Frames: schnelle Wechsel</translation>
    </message>
    <message>
      <source>: loop from {time} to {time2}</source>
      <translation>: Schleife von {time} bis {time2}</translation>
    </message>
    <message>
      <source>: {final} % separated</source>
      <translation>: {final} % getrennt</translation>
    </message>
    <message>
      <source>; at {second} s {way}</source>
      <translation>; bei {second} s {way}</translation>
    </message>
    <message>
      <source>A folder for each track, a file for each stem</source>
      <translation>Ein Ordner je Titel, eine Datei je Stem</translation>
    </message>
    <message>
      <source>A folder of sounds for each source</source>
      <translation>Ein Ordner mit Klängen je Quelle</translation>
    </message>
    <message>
      <source>A folder with the folders train and valid</source>
      <translation>Ein Ordner mit den Ordnern train und valid</translation>
    </message>
    <message>
      <source>A group has two stems at least</source>
      <translation>Eine Gruppe hat mindestens zwei Stems</translation>
    </message>
    <message>
      <source>A model is being published already</source>
      <translation>Ein Modell wird bereits veröffentlicht</translation>
    </message>
    <message>
      <source>A model of your own.</source>
      <translation>Ein selbst trainiertes Modell.</translation>
    </message>
    <message>
      <source>A model that you imported.</source>
      <translation>Ein importiertes Modell.</translation>
    </message>
    <message>
      <source>A silent target where its file is missing</source>
      <translation>Ein stilles Ziel, wo seine Datei fehlt</translation>
    </message>
    <message>
      <source>A stretch is just being put in its place</source>
      <translation>Ein Abschnitt wird gerade eingesetzt</translation>
    </message>
    <message>
      <source>A worker process ended unexpectedly</source>
      <translation>Ein Arbeitsprozess endete unerwartet</translation>
    </message>
    <message>
      <source>A/B  Original</source>
      <translation>A/B  Original</translation>
    </message>
    <message>
      <source>About this model…</source>
      <translation>Über dieses Modell…</translation>
    </message>
    <message>
      <source>About umx-gui</source>
      <translation>Über umx-gui</translation>
    </message>
    <message>
      <source>About {name}</source>
      <translation>Über {name}</translation>
    </message>
    <message>
      <source>Accept the licence</source>
      <translation>Lizenz annehmen</translation>
    </message>
    <message>
      <source>Accompaniment</source>
      <translation>Begleitung</translation>
    </message>
    <message>
      <source>Add</source>
      <translation>Hinzufügen</translation>
    </message>
    <message>
      <source>Add a folder</source>
      <translation>Einen Ordner hinzufügen</translation>
    </message>
    <message>
      <source>Add another folder</source>
      <translation>Einen anderen Ordner hinzufügen</translation>
    </message>
    <message>
      <source>Add folder…</source>
      <translation>Ordner hinzufügen…</translation>
    </message>
    <message>
      <source>Add it again</source>
      <translation>Erneut hinzufügen</translation>
    </message>
    <message>
      <source>Add songs</source>
      <translation>Songs hinzufügen</translation>
    </message>
    <message>
      <source>Add songs to the queue</source>
      <translation>Songs zur Warteschlange hinzufügen</translation>
    </message>
    <message>
      <source>Add songs…</source>
      <translation>Songs hinzufügen…</translation>
    </message>
    <message>
      <source>Add the songs of a folder</source>
      <translation>Die Songs eines Ordners hinzufügen</translation>
    </message>
    <message>
      <source>Add to the queue</source>
      <translation>Zur Warteschlange hinzufügen</translation>
    </message>
    <message>
      <source>Ahead 30 seconds</source>
      <translation>30 Sekunden vor</translation>
    </message>
    <message>
      <source>Ahead 5 seconds</source>
      <translation>5 Sekunden vor</translation>
    </message>
    <message>
      <source>All files (*)</source>
      <translation>Alle Dateien (*)</translation>
    </message>
    <message>
      <source>All files are as they were installed, and it loads</source>
      <translation>Alle Dateien sind so, wie sie installiert wurden, und das Modell lädt</translation>
    </message>
    <message>
      <source>All files are made softer alike: {gain}</source>
      <translation>Alle Dateien werden gleich leiser: {gain}</translation>
    </message>
    <message>
      <source>All files are {gain:.1f} dB louder than the song</source>
      <translation>Alle Dateien sind {gain:.1f} dB lauter als der Song</translation>
    </message>
    <message>
      <source>All files are {gain:.1f} dB softer than the song</source>
      <translation>Alle Dateien sind {gain:.1f} dB leiser als der Song</translation>
    </message>
    <message>
      <source>Alt+Up, Alt+Down</source>
      <translation>Alt+Hoch, Alt+Runter</translation>
    </message>
    <message>
      <source>An export is running already</source>
      <translation>Ein Export läuft bereits</translation>
    </message>
    <message>
      <source>Another way…</source>
      <translation>Anders…</translation>
    </message>
    <message>
      <source>Another window works on the queue</source>
      <translation>Ein anderes Fenster arbeitet an der Warteschlange</translation>
    </message>
    <message>
      <source>Apple GPU</source>
      <translation>Apple-GPU</translation>
    </message>
    <message>
      <source>Apple GPU (MPS)</source>
      <translation>Apple-GPU (MPS)</translation>
    </message>
    <message>
      <source>As for umx-trainer train: --batch-size 8 --lr 0.0005</source>
      <translation>Wie für umx-trainer train: --batch-size 8 --lr 0.0005</translation>
    </message>
    <message>
      <source>As published</source>
      <translation>Wie veröffentlicht</translation>
    </message>
    <message>
      <source>As the rest of the song</source>
      <translation>Wie der übrige Song</translation>
    </message>
    <message>
      <source>Audacity file list (.lof)</source>
      <translation>Audacity-Dateiliste (.lof)</translation>
    </message>
    <message>
      <source>Automatic</source>
      <translation>Automatisch</translation>
    </message>
    <message>
      <source>BSSEval v4 SDR</source>
      <translation>SDR nach BSS Eval v4</translation>
    </message>
    <message>
      <source>Back 30 seconds</source>
      <translation>30 Sekunden zurück</translation>
    </message>
    <message>
      <source>Back 5 seconds</source>
      <translation>5 Sekunden zurück</translation>
    </message>
    <message>
      <source>Back to 0 dB</source>
      <translation>Zurück zu 0 dB</translation>
    </message>
    <message>
      <source>Back to neutral</source>
      <translation>Zurück zur Mitte</translation>
    </message>
    <message>
      <source>Bars and beats</source>
      <translation>Takte und Schläge</translation>
    </message>
    <message>
      <source>Bass</source>
      <translation>Bass</translation>
    </message>
    <message>
      <source>Beats a bar</source>
      <translation>Schläge pro Takt</translation>
    </message>
    <message>
      <source>Beats a minute</source>
      <translation>Schläge pro Minute</translation>
    </message>
    <message numerus="yes">
      <source>Beyond full scale, and would be clipped: {n} samples of {names}</source>
      <translation>
        <numerusform>Über Vollaussteuerung und würde abgeschnitten: {n} Abtastwert von {names}</numerusform>
        <numerusform>Über Vollaussteuerung und würden abgeschnitten: {n} Abtastwerte von {names}</numerusform>
      </translation>
    </message>
    <message>
      <source>Bit depth</source>
      <translation>Bittiefe</translation>
    </message>
    <message>
      <source>Bit rate</source>
      <translation>Bitrate</translation>
    </message>
    <message>
      <source>Both</source>
      <translation>Beides</translation>
    </message>
    <message>
      <source>Bundled</source>
      <translation>Mitgeliefert</translation>
    </message>
    <message numerus="yes">
      <source>CPU ({n} threads)</source>
      <translation>
        <numerusform>CPU ({n} Thread)</numerusform>
        <numerusform>CPU ({n} Threads)</numerusform>
      </translation>
    </message>
    <message>
      <source>Cancel</source>
      <translation>Abbrechen</translation>
    </message>
    <message>
      <source>Cancel what is running</source>
      <translation>Abbrechen, was läuft</translation>
    </message>
    <message>
      <source>Change its permissions</source>
      <translation>Die Zugriffsrechte ändern</translation>
    </message>
    <message>
      <source>Change the file's permissions or copy it elsewhere</source>
      <translation>Die Zugriffsrechte ändern oder die Datei anderswohin kopieren</translation>
    </message>
    <message>
      <source>Changes are heard at once: the networks need not run again.</source>
      <translation>Änderungen sind sofort zu hören: die Netze müssen nicht noch einmal laufen.</translation>
    </message>
    <message>
      <source>Changes are heard once the song is separated.</source>
      <translation>Änderungen sind zu hören, sobald der Song getrennt ist.</translation>
    </message>
    <message>
      <source>Check the connection and try again; what has come is kept</source>
      <translation>Die Verbindung prüfen und erneut versuchen; was schon da ist, bleibt</translation>
    </message>
    <message>
      <source>Check the dataset</source>
      <translation>Datensatz prüfen</translation>
    </message>
    <message>
      <source>Check the name, or whether the disk is connected</source>
      <translation>Den Namen prüfen, oder ob der Datenträger angeschlossen ist</translation>
    </message>
    <message>
      <source>Checking</source>
      <translation>Prüft</translation>
    </message>
    <message>
      <source>Choose a file inside it</source>
      <translation>Eine Datei darin wählen</translation>
    </message>
    <message>
      <source>Choose a file with sound in it</source>
      <translation>Eine Datei mit Ton wählen</translation>
    </message>
    <message>
      <source>Choose a folder</source>
      <translation>Einen Ordner wählen</translation>
    </message>
    <message>
      <source>Choose a folder with history.jsonl in it</source>
      <translation>Einen Ordner wählen, der history.jsonl enthält</translation>
    </message>
    <message>
      <source>Choose a song, such as a WAV, FLAC or MP3 file</source>
      <translation>Einen Song wählen, etwa als WAV, FLAC oder MP3</translation>
    </message>
    <message>
      <source>Choose an earlier start</source>
      <translation>Einen früheren Anfang wählen</translation>
    </message>
    <message>
      <source>Choose another file</source>
      <translation>Eine andere Datei wählen</translation>
    </message>
    <message>
      <source>Choose another folder</source>
      <translation>Einen anderen Ordner wählen</translation>
    </message>
    <message>
      <source>Choose another folder, or allow overwriting</source>
      <translation>Einen anderen Ordner wählen oder das Überschreiben erlauben</translation>
    </message>
    <message>
      <source>Choose another folder, or resume that run</source>
      <translation>Einen anderen Ordner wählen oder jenen Lauf fortsetzen</translation>
    </message>
    <message>
      <source>Choose another one, or close the program that uses it; separation and export still work</source>
      <translation>Ein anderes wählen oder das Programm schließen, das es benutzt; Trennen und Exportieren gehen weiterhin</translation>
    </message>
    <message>
      <source>Choose auto or cpu</source>
      <translation>auto oder cpu wählen</translation>
    </message>
    <message>
      <source>Choose one of them, or name a model folder</source>
      <translation>Eines davon wählen oder einen Modellordner angeben</translation>
    </message>
    <message>
      <source>Choose: {what}</source>
      <translation>Wählen: {what}</translation>
    </message>
    <message>
      <source>Choose…</source>
      <translation>Wählen…</translation>
    </message>
    <message>
      <source>Clear done</source>
      <translation>Fertiges entfernen</translation>
    </message>
    <message>
      <source>Click</source>
      <translation>Klick</translation>
    </message>
    <message>
      <source>Click to go there, drag to set the loop</source>
      <translation>Klick springt dorthin, Ziehen setzt die Schleife</translation>
    </message>
    <message>
      <source>Close</source>
      <translation>Schließen</translation>
    </message>
    <message>
      <source>Close other programs and try again</source>
      <translation>Andere Programme schließen und erneut versuchen</translation>
    </message>
    <message>
      <source>Close the panel</source>
      <translation>Das Feld schließen</translation>
    </message>
    <message>
      <source>Colours</source>
      <translation>Farben</translation>
    </message>
    <message>
      <source>Colours of spectrograms</source>
      <translation>Farben der Spektrogramme</translation>
    </message>
    <message>
      <source>Comes with umx-gui and works without a network.</source>
      <translation>Kommt mit umx-gui und braucht kein Netz.</translation>
    </message>
    <message>
      <source>Common gain</source>
      <translation>Gemeinsame Absenkung</translation>
    </message>
    <message>
      <source>Computes on: {chosen}</source>
      <translation>Rechnet auf: {chosen}</translation>
    </message>
    <message>
      <source>Computing device: {chosen}</source>
      <translation>Rechengerät: {chosen}</translation>
    </message>
    <message>
      <source>Connect or choose one and press play again</source>
      <translation>Eines anschließen oder wählen und erneut abspielen</translation>
    </message>
    <message>
      <source>Connect or choose one and press play again; separation and export work without it</source>
      <translation>Eines anschließen oder wählen und erneut abspielen; Trennen und Exportieren gehen auch ohne</translation>
    </message>
    <message>
      <source>Continue</source>
      <translation>Fortfahren</translation>
    </message>
    <message>
      <source>Convert it to WAV or FLAC first</source>
      <translation>Zuerst in WAV oder FLAC umwandeln</translation>
    </message>
    <message>
      <source>Convert it to a usual sample rate</source>
      <translation>In eine übliche Abtastrate umwandeln</translation>
    </message>
    <message>
      <source>Convert it to stereo</source>
      <translation>In Stereo umwandeln</translation>
    </message>
    <message>
      <source>Copy as CSV</source>
      <translation>Als CSV kopieren</translation>
    </message>
    <message>
      <source>Copy diagnostics</source>
      <translation>Diagnose kopieren</translation>
    </message>
    <message>
      <source>Copy the report</source>
      <translation>Bericht kopieren</translation>
    </message>
    <message>
      <source>Copy the table as comma-separated values</source>
      <translation>Die Tabelle als kommagetrennte Werte kopieren</translation>
    </message>
    <message>
      <source>Ctrl+Shift+wheel</source>
      <translation>Strg+Umschalt+Rad</translation>
    </message>
    <message>
      <source>Ctrl+click S</source>
      <translation>Strg+Klick auf S</translation>
    </message>
    <message>
      <source>Ctrl+wheel</source>
      <translation>Strg+Rad</translation>
    </message>
    <message>
      <source>Damaged</source>
      <translation>Beschädigt</translation>
    </message>
    <message>
      <source>Dark</source>
      <translation>Dunkel</translation>
    </message>
    <message>
      <source>Dataset folder</source>
      <translation>Ordner des Datensatzes</translation>
    </message>
    <message>
      <source>Delete</source>
      <translation>Entf</translation>
    </message>
    <message>
      <source>Device</source>
      <translation>Gerät</translation>
    </message>
    <message>
      <source>Diagnostics are in the clipboard</source>
      <translation>Die Diagnose ist in der Zwischenablage</translation>
    </message>
    <message>
      <source>Difference</source>
      <translation>Differenz</translation>
    </message>
    <message>
      <source>Difference from the reference</source>
      <translation>Abweichung von der Referenz</translation>
    </message>
    <message>
      <source>Difference from the sum of the stems (+60 dB)</source>
      <translation>Differenz zur Summe der Stems (+60 dB)</translation>
    </message>
    <message>
      <source>Dismiss the message</source>
      <translation>Meldung schließen</translation>
    </message>
    <message>
      <source>Done</source>
      <translation>Fertig</translation>
    </message>
    <message>
      <source>Done before</source>
      <translation>War schon fertig</translation>
    </message>
    <message>
      <source>Double-click a marked stretch</source>
      <translation>Doppelklick auf Markierung</translation>
    </message>
    <message>
      <source>Double-click a slider</source>
      <translation>Doppelklick auf Regler</translation>
    </message>
    <message>
      <source>Download</source>
      <translation>Herunterladen</translation>
    </message>
    <message>
      <source>Download it: umx-gui models download {name}, or “Models…” in the window's model menu</source>
      <translation>Es herunterladen: umx-gui models download {name}, oder „Modelle…“ im Modellmenü des Fensters</translation>
    </message>
    <message>
      <source>Downloading</source>
      <translation>Wird geladen</translation>
    </message>
    <message>
      <source>Drag</source>
      <translation>Ziehen</translation>
    </message>
    <message>
      <source>Drag a stem's name</source>
      <translation>Einen Stemnamen ziehen</translation>
    </message>
    <message>
      <source>Drag out what I hear</source>
      <translation>Herausziehen, was zu hören ist</translation>
    </message>
    <message>
      <source>Drag out {what}</source>
      <translation>„{name}“ herausziehen</translation>
    </message>
    <message>
      <source>Drag this into another program or folder: it becomes a WAV file. Click to choose what</source>
      <translation>In ein anderes Programm oder einen Ordner ziehen: es wird eine WAV-Datei. Klick zum Wählen</translation>
    </message>
    <message>
      <source>Drop a song from your file manager</source>
      <translation>Einen Song aus der Dateiverwaltung hierherziehen</translation>
    </message>
    <message>
      <source>Drop a song here</source>
      <translation>Einen Song hierherziehen</translation>
    </message>
    <message>
      <source>Drop another folder</source>
      <translation>Einen anderen Ordner hierherziehen</translation>
    </message>
    <message>
      <source>Drop reference stems on the window while a song is open: a folder of them, or a .stem.mp4 file.</source>
      <translation>Referenz-Stems auf das Fenster ziehen, während ein Song offen ist: einen Ordner davon oder eine .stem.mp4-Datei.</translation>
    </message>
    <message>
      <source>Drop songs or folders here</source>
      <translation>Songs oder Ordner hierherziehen</translation>
    </message>
    <message>
      <source>Drop to open</source>
      <translation>Zum Öffnen loslassen</translation>
    </message>
    <message>
      <source>Drums</source>
      <translation>Schlagzeug</translation>
    </message>
    <message>
      <source>EM iterations</source>
      <translation>EM-Iterationen</translation>
    </message>
    <message>
      <source>EM iterations for the stretch</source>
      <translation>EM-Iterationen für den Abschnitt</translation>
    </message>
    <message>
      <source>EM iterations: how often the filter refines its idea of where each stem sits between left and right.
0 keeps the networks' own masks; more separates harder, and may sound less natural</source>
      <translation>EM-Iterationen: wie oft der Filter neu schätzt, wo jeder Stem zwischen links und rechts sitzt.
0 behält die Masken der Netze; mehr trennt härter und klingt vielleicht weniger natürlich</translation>
    </message>
    <message>
      <source>EM needs a second source: ask for the residual, or for 0 iterations</source>
      <translation>EM braucht eine zweite Quelle: das Residuum oder 0 Iterationen wählen</translation>
    </message>
    <message>
      <source>Each file from a random track</source>
      <translation>Jede Datei aus einem zufälligen Titel</translation>
    </message>
    <message>
      <source>Earlier</source>
      <translation>Früher</translation>
    </message>
    <message>
      <source>Earlier (Alt+Up)</source>
      <translation>Früher (Alt+Hoch)</translation>
    </message>
    <message>
      <source>Earlier sessions</source>
      <translation>Frühere Sitzungen</translation>
    </message>
    <message>
      <source>Emphasis</source>
      <translation>Betonung</translation>
    </message>
    <message>
      <source>Emphasis of {stem}</source>
      <translation>Betonung: {stem}</translation>
    </message>
    <message>
      <source>Emphasis: how much louder than it found it the filter takes a stem to be.
Up draws doubtful sound into the stem, down leaves it to the others</source>
      <translation>Betonung: um wie viel lauter als gefunden der Filter einen Stem annimmt.
Mehr zieht zweifelhaften Klang in den Stem, weniger überlässt ihn den anderen</translation>
    </message>
    <message>
      <source>Epoch to hear</source>
      <translation>Epoche zum Anhören</translation>
    </message>
    <message>
      <source>Epoch {number}</source>
      <translation>Epoche {number}</translation>
    </message>
    <message>
      <source>Epochs at most</source>
      <translation>Höchstens Epochen</translation>
    </message>
    <message>
      <source>Every stem would have the same name: use {target}</source>
      <translation>Jeder Stem hieße gleich: {target} verwenden</translation>
    </message>
    <message>
      <source>Exact sum</source>
      <translation>Exakte Summe</translation>
    </message>
    <message>
      <source>Export</source>
      <translation>Exportieren</translation>
    </message>
    <message>
      <source>Export into</source>
      <translation>Exportieren nach</translation>
    </message>
    <message>
      <source>Export stems</source>
      <translation>Stems exportieren</translation>
    </message>
    <message>
      <source>Export stems…</source>
      <translation>Stems exportieren…</translation>
    </message>
    <message>
      <source>Export the selection…</source>
      <translation>Die Auswahl exportieren…</translation>
    </message>
    <message>
      <source>FLAC holds 16 or 24 bits; use wav for 32-bit float</source>
      <translation>FLAC fasst 16 oder 24 Bit; für 32-Bit-Gleitkomma WAV wählen</translation>
    </message>
    <message>
      <source>Failed</source>
      <translation>Fehlgeschlagen</translation>
    </message>
    <message>
      <source>Faster</source>
      <translation>Schneller</translation>
    </message>
    <message>
      <source>File names</source>
      <translation>Dateinamen</translation>
    </message>
    <message>
      <source>Files</source>
      <translation>Dateien</translation>
    </message>
    <message>
      <source>Files cannot be named like this</source>
      <translation>So können Dateien nicht heißen</translation>
    </message>
    <message>
      <source>Files end in</source>
      <translation>Dateien enden auf</translation>
    </message>
    <message>
      <source>Filter</source>
      <translation>Filter</translation>
    </message>
    <message>
      <source>Filter desk</source>
      <translation>Filterpult</translation>
    </message>
    <message>
      <source>Filter: rendering</source>
      <translation>Filtert neu</translation>
    </message>
    <message>
      <source>Fire</source>
      <translation>Feuer</translation>
    </message>
    <message>
      <source>First beat at the playhead</source>
      <translation>Erster Schlag ist hier</translation>
    </message>
    <message>
      <source>First beat at, in seconds</source>
      <translation>Erster Schlag bei, in Sekunden</translation>
    </message>
    <message>
      <source>First draft</source>
      <translation>Erster Entwurf</translation>
    </message>
    <message>
      <source>Flatter waves</source>
      <translation>Flachere Wellen</translation>
    </message>
    <message>
      <source>Folder</source>
      <translation>Ordner</translation>
    </message>
    <message>
      <source>Folder of the stems</source>
      <translation>Ordner der Stems</translation>
    </message>
    <message>
      <source>Folders of WAV files (MUSDB18-HQ)</source>
      <translation>Ordner mit WAV-Dateien (MUSDB18-HQ)</translation>
    </message>
    <message>
      <source>For non-commercial use only, with attribution, and shared under the same licence: https://creativecommons.org/licenses/by-nc-sa/4.0/</source>
      <translation>Nur für nichtkommerzielle Zwecke, mit Namensnennung und Weitergabe unter gleicher Lizenz: https://creativecommons.org/licenses/by-nc-sa/4.0/</translation>
    </message>
    <message>
      <source>Forget</source>
      <translation>Vergessen</translation>
    </message>
    <message>
      <source>Format</source>
      <translation>Format</translation>
    </message>
    <message>
      <source>Free some space, or choose another folder</source>
      <translation>Platz schaffen oder einen anderen Ordner wählen</translation>
    </message>
    <message>
      <source>Frequency axis</source>
      <translation>Frequenzachse</translation>
    </message>
    <message>
      <source>From {hosts}</source>
      <translation>Von {hosts}</translation>
    </message>
    <message>
      <source>Full screen</source>
      <translation>Vollbild</translation>
    </message>
    <message>
      <source>Get a fresh copy of the file</source>
      <translation>Eine neue Kopie der Datei beschaffen</translation>
    </message>
    <message>
      <source>Get the files elsewhere and import them as a folder</source>
      <translation>Die Dateien anderswo beschaffen und als Ordner importieren</translation>
    </message>
    <message>
      <source>Get the model again, or choose another one</source>
      <translation>Das Modell neu beschaffen oder ein anderes wählen</translation>
    </message>
    <message>
      <source>Get the song without copy protection</source>
      <translation>Den Song ohne Kopierschutz beschaffen</translation>
    </message>
    <message>
      <source>Go on</source>
      <translation>Weiter</translation>
    </message>
    <message>
      <source>Go on with fewer --workers</source>
      <translation>Mit weniger --workers fortfahren</translation>
    </message>
    <message>
      <source>Go there</source>
      <translation>Dorthin springen</translation>
    </message>
    <message>
      <source>Go to the end</source>
      <translation>Zum Ende</translation>
    </message>
    <message>
      <source>Go to the start</source>
      <translation>Zum Anfang</translation>
    </message>
    <message>
      <source>Grey</source>
      <translation>Grau</translation>
    </message>
    <message>
      <source>Groups</source>
      <translation>Gruppen</translation>
    </message>
    <message>
      <source>Group…</source>
      <translation>Gruppe…</translation>
    </message>
    <message>
      <source>Have the training go on</source>
      <translation>Das Training weiterlaufen lassen</translation>
    </message>
    <message>
      <source>Hear</source>
      <translation>Anhören</translation>
    </message>
    <message>
      <source>Hear a few seconds of this stem after this epoch</source>
      <translation>Einige Sekunden dieses Stems nach dieser Epoche hören</translation>
    </message>
    <message>
      <source>Hear its vocals, drums, bass and the rest apart. The sound stays on this computer.</source>
      <translation>Gesang, Schlagzeug, Bass und Rest einzeln hören. Der Ton bleibt auf diesem Rechner.</translation>
    </message>
    <message>
      <source>Hear the original (A/B)</source>
      <translation>Das Original hören (A/B)</translation>
    </message>
    <message>
      <source>Hear the original instead of the stems</source>
      <translation>Das Original statt der Stems hören</translation>
    </message>
    <message>
      <source>Hear the references (A/B)</source>
      <translation>Die Referenzen hören (A/B)</translation>
    </message>
    <message>
      <source>Hear this stem alone</source>
      <translation>Nur diesen Stem hören</translation>
    </message>
    <message>
      <source>Higher is cleaner</source>
      <translation>Höher ist sauberer</translation>
    </message>
    <message>
      <source>Hop</source>
      <translation>Schrittweite</translation>
    </message>
    <message>
      <source>How all lanes are drawn (W)</source>
      <translation>Wie alle Spuren gezeichnet werden (W)</translation>
    </message>
    <message>
      <source>How clean the stems are, as published: the median signal to distortion ratio on MUSDB18, mean of the stems; *: of other songs, so not to be compared</source>
      <translation>Wie sauber die Stems sind, wie veröffentlicht: Median der Signal-Verzerrungs-Verhältnisse auf MUSDB18, Mittel der Stems; *: an anderen Stücken gemessen, daher nicht vergleichbar</translation>
    </message>
    <message>
      <source>How clean {stem} is in each second: signal to distortion ratio against the reference, from {low} to {high} dB.
The number is that of the whole track</source>
      <translation>Wie sauber der Stem ist, Sekunde für Sekunde ({stem}): Signal-Verzerrungs-Verhältnis gegen die Referenz, von {low} bis {high} dB.
Die Zahl gilt für den ganzen Titel</translation>
    </message>
    <message>
      <source>How lanes and ruler are drawn</source>
      <translation>Wie Spuren und Lineal gezeichnet werden</translation>
    </message>
    <message>
      <source>How this lane is drawn</source>
      <translation>Darstellung dieser Spur</translation>
    </message>
    <message>
      <source>How this stretch is separated: {way}. Click for its other versions</source>
      <translation>Wie dieser Abschnitt getrennt ist: {way}. Klick für andere Fassungen</translation>
    </message>
    <message>
      <source>If somebody you trust knows their SHA-256, compare it. From now on only these files will be loaded.</source>
      <translation>Wenn jemand Vertrauenswürdiges den SHA-256 kennt, ihn vergleichen. Von jetzt an werden nur diese Dateien geladen.</translation>
    </message>
    <message>
      <source>If you accept it, say so with --accept-licence</source>
      <translation>Zum Annehmen --accept-licence angeben</translation>
    </message>
    <message>
      <source>If you trust them, say so with --accept-digest</source>
      <translation>Wer ihnen vertraut, gibt --accept-digest an</translation>
    </message>
    <message>
      <source>Import a folder</source>
      <translation>Einen Ordner importieren</translation>
    </message>
    <message>
      <source>Import a model</source>
      <translation>Ein Modell importieren</translation>
    </message>
    <message>
      <source>Import a model folder</source>
      <translation>Einen Modellordner importieren</translation>
    </message>
    <message>
      <source>Import a zip file</source>
      <translation>Eine Zip-Datei importieren</translation>
    </message>
    <message>
      <source>Import folder…</source>
      <translation>Ordner importieren…</translation>
    </message>
    <message>
      <source>Import the model that was used</source>
      <translation>Das damals verwendete Modell importieren</translation>
    </message>
    <message>
      <source>Import zip…</source>
      <translation>Zip importieren…</translation>
    </message>
    <message>
      <source>Imported</source>
      <translation>Importiert</translation>
    </message>
    <message>
      <source>Importing</source>
      <translation>Wird importiert</translation>
    </message>
    <message>
      <source>In each track's folder: mixture.wav</source>
      <translation>Im Ordner jedes Titels: mixture.wav</translation>
    </message>
    <message>
      <source>In each track's folder: vocals.wav</source>
      <translation>Im Ordner jedes Titels: vocals.wav</translation>
    </message>
    <message>
      <source>In the queue</source>
      <translation>In der Warteschlange</translation>
    </message>
    <message>
      <source>In train and valid: vocals</source>
      <translation>In train und valid: vocals</translation>
    </message>
    <message>
      <source>In use</source>
      <translation>In Gebrauch</translation>
    </message>
    <message>
      <source>Install PyTorch {needed} or newer</source>
      <translation>PyTorch {needed} oder neuer installieren</translation>
    </message>
    <message>
      <source>Install it (Debian, Ubuntu: libportaudio2); separation and export work without it</source>
      <translation>Sie installieren (Debian, Ubuntu: libportaudio2); Trennen und Exportieren gehen auch ohne</translation>
    </message>
    <message>
      <source>Install it: pip install PySide6-Essentials pyqtgraph; umx-gui separate works without</source>
      <translation>Es installieren: pip install PySide6-Essentials pyqtgraph; umx-gui separate läuft auch ohne</translation>
    </message>
    <message>
      <source>Install them with your system's package manager</source>
      <translation>Sie mit der Paketverwaltung des Systems installieren</translation>
    </message>
    <message>
      <source>Install them: {command}</source>
      <translation>Sie installieren: {command}</translation>
    </message>
    <message>
      <source>Installed</source>
      <translation>Installiert</translation>
    </message>
    <message>
      <source>Interrupted</source>
      <translation>Unterbrochen</translation>
    </message>
    <message>
      <source>It can be downloaded again.</source>
      <translation>Es kann wieder heruntergeladen werden.</translation>
    </message>
    <message>
      <source>It cannot be brought back from here.</source>
      <translation>Es kann von hier nicht zurückgeholt werden.</translation>
    </message>
    <message>
      <source>It starts empty</source>
      <translation>Sie beginnt leer</translation>
    </message>
    <message>
      <source>It was thrown away; try again later</source>
      <translation>Es wurde verworfen; später erneut versuchen</translation>
    </message>
    <message>
      <source>Items in a validation</source>
      <translation>Beispiele je Validierung</translation>
    </message>
    <message>
      <source>Items in an epoch</source>
      <translation>Beispiele je Epoche</translation>
    </message>
    <message>
      <source>Keep</source>
      <translation>Behalten</translation>
    </message>
    <message>
      <source>Keep both</source>
      <translation>Beide behalten</translation>
    </message>
    <message>
      <source>Keep both, and number the new files</source>
      <translation>Beide behalten, die neuen Dateien nummerieren</translation>
    </message>
    <message>
      <source>Keyboard</source>
      <translation>Tastatur</translation>
    </message>
    <message>
      <source>Keyboard and mouse</source>
      <translation>Tastatur und Maus</translation>
    </message>
    <message>
      <source>Kind: {origin}, {size}</source>
      <translation>Art: {origin}, {size}</translation>
    </message>
    <message>
      <source>Lane</source>
      <translation>Spur</translation>
    </message>
    <message>
      <source>Lanes are drawn as: {mode}</source>
      <translation>Spuren werden gezeichnet als: {mode}</translation>
    </message>
    <message>
      <source>Language</source>
      <translation>Sprache</translation>
    </message>
    <message>
      <source>Large: 1024 units, for a GPU</source>
      <translation>Groß: 1024 Einheiten, für eine GPU</translation>
    </message>
    <message>
      <source>Lately open</source>
      <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
      <source>Later</source>
      <translation>Später</translation>
    </message>
    <message>
      <source>Later (Alt+Down)</source>
      <translation>Später (Alt+Runter)</translation>
    </message>
    <message>
      <source>Layout</source>
      <translation>Aufbau</translation>
    </message>
    <message>
      <source>Learning rate</source>
      <translation>Lernrate</translation>
    </message>
    <message>
      <source>Leave out --only-networks for the best result</source>
      <translation>Für das beste Ergebnis --only-networks weglassen</translation>
    </message>
    <message>
      <source>Leave the level</source>
      <translation>Pegel lassen</translation>
    </message>
    <message>
      <source>Licence</source>
      <translation>Lizenz</translation>
    </message>
    <message>
      <source>Licence: {licence}</source>
      <translation>Lizenz: {licence}</translation>
    </message>
    <message>
      <source>Light</source>
      <translation>Hell</translation>
    </message>
    <message>
      <source>Like the system</source>
      <translation>Wie das System</translation>
    </message>
    <message>
      <source>Linear</source>
      <translation>Linear</translation>
    </message>
    <message>
      <source>Listen before you rely on it</source>
      <translation>Vor dem Verwenden anhören</translation>
    </message>
    <message>
      <source>Loading</source>
      <translation>Lädt</translation>
    </message>
    <message>
      <source>Loading the model</source>
      <translation>Lädt das Modell</translation>
    </message>
    <message>
      <source>Logarithmic</source>
      <translation>Logarithmisch</translation>
    </message>
    <message>
      <source>Look for it, or bring it back</source>
      <translation>Ihn suchen oder zurückbringen</translation>
    </message>
    <message>
      <source>Look for it…</source>
      <translation>Suchen…</translation>
    </message>
    <message>
      <source>Looking…</source>
      <translation>Wird gesucht…</translation>
    </message>
    <message>
      <source>Loop</source>
      <translation>Schleife</translation>
    </message>
    <message>
      <source>Loop from the playhead</source>
      <translation>Schleife ab hier</translation>
    </message>
    <message>
      <source>Loop the selection</source>
      <translation>Die Auswahl wiederholen</translation>
    </message>
    <message>
      <source>Loop this stretch</source>
      <translation>Diesen Abschnitt wiederholen</translation>
    </message>
    <message>
      <source>Loop up to the playhead</source>
      <translation>Schleife bis hier</translation>
    </message>
    <message>
      <source>Loss: training dashed, validation solid</source>
      <translation>Verlust: Training gestrichelt, Validierung durchgezogen</translation>
    </message>
    <message>
      <source>Louder</source>
      <translation>Lauter</translation>
    </message>
    <message>
      <source>Loudest level</source>
      <translation>Lautester Pegel</translation>
    </message>
    <message>
      <source>Lower all</source>
      <translation>Alle senken</translation>
    </message>
    <message>
      <source>Lower all files</source>
      <translation>Alle Dateien absenken</translation>
    </message>
    <message>
      <source>Lower all: {gain}</source>
      <translation>Alle senken: {gain}</translation>
    </message>
    <message>
      <source>MIT according to third parties, unverified</source>
      <translation>MIT laut Dritten, ungeprüft</translation>
    </message>
    <message>
      <source>MUSDB18</source>
      <translation>MUSDB18</translation>
    </message>
    <message>
      <source>Make all files softer by the same, so that they still add up, and nothing clips</source>
      <translation>Alle Dateien gleich viel leiser machen: die Summe stimmt weiterhin, und nichts wird abgeschnitten</translation>
    </message>
    <message>
      <source>Make all files softer, alike, if something would clip</source>
      <translation>Alle Dateien gleich viel leiser machen, falls etwas abgeschnitten würde</translation>
    </message>
    <message>
      <source>Mask: the stem's share of the mixture</source>
      <translation>Maske: der Anteil des Stems an der Mischung</translation>
    </message>
    <message>
      <source>Master</source>
      <translation>Gesamt</translation>
    </message>
    <message>
      <source>Master volume</source>
      <translation>Gesamtlautstärke</translation>
    </message>
    <message>
      <source>Measured on {songs}; not to be compared with scores on MUSDB18</source>
      <translation>Gemessen an {songs}; nicht mit Werten für MUSDB18 zu vergleichen</translation>
    </message>
    <message>
      <source>Measuring</source>
      <translation>Misst</translation>
    </message>
    <message>
      <source>Measuring…</source>
      <translation>Misst…</translation>
    </message>
    <message>
      <source>Median over seconds of BSS Eval version 4, the number that papers report for a track</source>
      <translation>Median über die Sekunden nach BSS Eval Version 4, die Zahl, die Veröffentlichungen für einen Titel nennen</translation>
    </message>
    <message>
      <source>Mel</source>
      <translation>Mel</translation>
    </message>
    <message>
      <source>Menu</source>
      <translation>Menü</translation>
    </message>
    <message>
      <source>Middle drag</source>
      <translation>Mitteltaste ziehen</translation>
    </message>
    <message>
      <source>Mixed down to stereo</source>
      <translation>Auf Stereo abgemischt</translation>
    </message>
    <message>
      <source>Mixture</source>
      <translation>Mischung</translation>
    </message>
    <message>
      <source>Mixture's file</source>
      <translation>Datei der Mischung</translation>
    </message>
    <message>
      <source>Model</source>
      <translation>Modell</translation>
    </message>
    <message>
      <source>Model card</source>
      <translation>Modellkarte</translation>
    </message>
    <message>
      <source>Model card…</source>
      <translation>Modellkarte…</translation>
    </message>
    <message>
      <source>Model for the stretch</source>
      <translation>Modell für den Abschnitt</translation>
    </message>
    <message>
      <source>Model: {model_name}</source>
      <translation>Modell: {model_name}</translation>
    </message>
    <message>
      <source>Models</source>
      <translation>Modelle</translation>
    </message>
    <message>
      <source>Models cannot be loaded safely here</source>
      <translation>Modelle können hier nicht sicher geladen werden</translation>
    </message>
    <message>
      <source>Models…</source>
      <translation>Modelle…</translation>
    </message>
    <message>
      <source>More options</source>
      <translation>Weitere Optionen</translation>
    </message>
    <message>
      <source>Mouse, on the lanes</source>
      <translation>Maus, auf den Spuren</translation>
    </message>
    <message>
      <source>Move along the song</source>
      <translation>Durch den Song bewegen</translation>
    </message>
    <message>
      <source>Move songs in the queue</source>
      <translation>Songs in der Warteschlange verschieben</translation>
    </message>
    <message>
      <source>Moves together: {stems}</source>
      <translation>Bewegt zusammen: {stems}</translation>
    </message>
    <message>
      <source>Mute stem {digit}</source>
      <translation>Stem {digit} stumm</translation>
    </message>
    <message>
      <source>Mute {name}</source>
      <translation>{name} stumm</translation>
    </message>
    <message>
      <source>Name</source>
      <translation>Name</translation>
    </message>
    <message>
      <source>Name of the group</source>
      <translation>Name der Gruppe</translation>
    </message>
    <message>
      <source>Names</source>
      <translation>Namen</translation>
    </message>
    <message>
      <source>New group</source>
      <translation>Neue Gruppe</translation>
    </message>
    <message>
      <source>New run…</source>
      <translation>Neuer Lauf…</translation>
    </message>
    <message>
      <source>New training run</source>
      <translation>Neuer Trainingslauf</translation>
    </message>
    <message>
      <source>Next song</source>
      <translation>Nächster Song</translation>
    </message>
    <message>
      <source>No EM</source>
      <translation>Kein EM</translation>
    </message>
    <message>
      <source>No difference is left here: the stem equals its reference</source>
      <translation>Hier bleibt keine Abweichung: Der Stem ist gleich seiner Referenz</translation>
    </message>
    <message>
      <source>No difference is left here: the stems add up to the mixture</source>
      <translation>Hier bleibt keine Differenz: die Stems ergeben zusammen die Mischung</translation>
    </message>
    <message>
      <source>No drums</source>
      <translation>Ohne Schlagzeug</translation>
    </message>
    <message>
      <source>No model</source>
      <translation>Kein Modell</translation>
    </message>
    <message>
      <source>No model is installed</source>
      <translation>Es ist kein Modell installiert</translation>
    </message>
    <message>
      <source>No program shows folders here</source>
      <translation>Kein Programm zeigt hier Ordner an</translation>
    </message>
    <message>
      <source>No songs yet</source>
      <translation>Noch keine Songs</translation>
    </message>
    <message>
      <source>No sound can be played</source>
      <translation>Es kann kein Ton abgespielt werden</translation>
    </message>
    <message>
      <source>No stem is chosen</source>
      <translation>Es ist kein Stem gewählt</translation>
    </message>
    <message>
      <source>No training run is known yet</source>
      <translation>Noch ist kein Trainingslauf bekannt</translation>
    </message>
    <message>
      <source>No window can open here</source>
      <translation>Hier kann sich kein Fenster öffnen</translation>
    </message>
    <message>
      <source>Nobody published what the files of “{name}” must be</source>
      <translation>Niemand hat veröffentlicht, wie die Dateien von „{name}“ sein müssen</translation>
    </message>
    <message>
      <source>Noise</source>
      <translation>Geräusch</translation>
    </message>
    <message>
      <source>None</source>
      <translation>Keines</translation>
    </message>
    <message>
      <source>Normal speed</source>
      <translation>Normale Geschwindigkeit</translation>
    </message>
    <message>
      <source>Not everything was taken</source>
      <translation>Nicht alles wurde übernommen</translation>
    </message>
    <message>
      <source>Not installed</source>
      <translation>Nicht installiert</translation>
    </message>
    <message>
      <source>Not started</source>
      <translation>Nicht begonnen</translation>
    </message>
    <message>
      <source>Not stated</source>
      <translation>Nicht angegeben</translation>
    </message>
    <message>
      <source>Nothing can be written to “{path}”</source>
      <translation>Nach „{path}“ kann nichts geschrieben werden</translation>
    </message>
    <message>
      <source>Nothing was kept</source>
      <translation>Nichts aufbewahrt</translation>
    </message>
    <message>
      <source>Nothing was kept: try again, or another disk</source>
      <translation>Nichts wurde behalten: noch einmal oder auf einem anderen Datenträger versuchen</translation>
    </message>
    <message>
      <source>One file for DJs (.stem.mp4)</source>
      <translation>Eine Datei für DJs (.stem.mp4)</translation>
    </message>
    <message>
      <source>One file with the sum of these stems:</source>
      <translation>Eine Datei mit der Summe dieser Stems:</translation>
    </message>
    <message>
      <source>One file with the sum of {stems}</source>
      <translation>Eine Datei mit der Summe von {stems}</translation>
    </message>
    <message>
      <source>One more file, which opens all of them in another program</source>
      <translation>Eine weitere Datei, die alle in einem anderen Programm öffnet</translation>
    </message>
    <message>
      <source>One more file, with the sum of some stems: everything but drums, perhaps</source>
      <translation>Eine weitere Datei mit der Summe einiger Stems: etwa alles außer Schlagzeug</translation>
    </message>
    <message>
      <source>One more stem takes what the stems leave of the mixture</source>
      <translation>Ein weiterer Stem nimmt auf, was die Stems von der Mischung übrig lassen</translation>
    </message>
    <message>
      <source>Only the loop</source>
      <translation>Nur die Schleife</translation>
    </message>
    <message>
      <source>Only the networks of {join} run</source>
      <translation>Nur die Netze für {join} laufen</translation>
    </message>
    <message>
      <source>Only the selection</source>
      <translation>Nur die Auswahl</translation>
    </message>
    <message>
      <source>Open</source>
      <translation>Öffnen</translation>
    </message>
    <message>
      <source>Open folder</source>
      <translation>Ordner öffnen</translation>
    </message>
    <message>
      <source>Open it again</source>
      <translation>Erneut öffnen</translation>
    </message>
    <message>
      <source>Open it, separate the song, and save it</source>
      <translation>Sie öffnen, den Song trennen und sie speichern</translation>
    </message>
    <message>
      <source>Open recent</source>
      <translation>Zuletzt geöffnet</translation>
    </message>
    <message>
      <source>Open songs</source>
      <translation>Songs öffnen</translation>
    </message>
    <message>
      <source>Open songs…</source>
      <translation>Songs öffnen…</translation>
    </message>
    <message>
      <source>Open the demo song</source>
      <translation>Den Demosong öffnen</translation>
    </message>
    <message>
      <source>Open the queue (Ctrl+J) to resume it</source>
      <translation>In der Warteschlange (Strg+J) geht es weiter</translation>
    </message>
    <message>
      <source>Open the run's folder</source>
      <translation>Den Ordner des Laufs öffnen</translation>
    </message>
    <message>
      <source>Open the songs it names</source>
      <translation>Die Songs öffnen, die sie nennt</translation>
    </message>
    <message>
      <source>Open {name}</source>
      <translation>{name} öffnen</translation>
    </message>
    <message>
      <source>Open-Unmix trained on MUSDB18, whose songs end at 16 kHz</source>
      <translation>Open-Unmix, trainiert mit MUSDB18, dessen Songs bei 16 kHz enden</translation>
    </message>
    <message>
      <source>Open-Unmix trained on MUSDB18-HQ, songs without lossy compression</source>
      <translation>Open-Unmix, trainiert mit MUSDB18-HQ, Songs ohne verlustbehaftete Kompression</translation>
    </message>
    <message>
      <source>Opening</source>
      <translation>Öffnet</translation>
    </message>
    <message>
      <source>Origin</source>
      <translation>Herkunft</translation>
    </message>
    <message>
      <source>Original as loud as the stems (A/B)</source>
      <translation>Original so laut wie die Stems (A/B)</translation>
    </message>
    <message>
      <source>Other</source>
      <translation>Rest</translation>
    </message>
    <message>
      <source>Other files</source>
      <translation>Andere Dateien</translation>
    </message>
    <message>
      <source>Other folders</source>
      <translation>Andere Ordner</translation>
    </message>
    <message>
      <source>Overview of the song{words}</source>
      <translation>Überblick über den Song{words}</translation>
    </message>
    <message>
      <source>Page ahead</source>
      <translation>Eine Seite weiter</translation>
    </message>
    <message>
      <source>Page back</source>
      <translation>Eine Seite zurück</translation>
    </message>
    <message>
      <source>Pause</source>
      <translation>Anhalten</translation>
    </message>
    <message>
      <source>Pause the queue</source>
      <translation>Die Warteschlange anhalten</translation>
    </message>
    <message>
      <source>Pause the training</source>
      <translation>Das Training pausieren</translation>
    </message>
    <message>
      <source>Paused</source>
      <translation>Angehalten</translation>
    </message>
    <message>
      <source>Paused at {percent}</source>
      <translation>Angehalten bei {percent}</translation>
    </message>
    <message>
      <source>Pin the window instead</source>
      <translation>Stattdessen das Fenster anheften</translation>
    </message>
    <message>
      <source>Play</source>
      <translation>Abspielen</translation>
    </message>
    <message>
      <source>Play or pause</source>
      <translation>Wiedergabe oder Pause</translation>
    </message>
    <message>
      <source>Please report it with the log</source>
      <translation>Bitte mit dem Protokoll melden</translation>
    </message>
    <message>
      <source>Preparing</source>
      <translation>Bereitet vor</translation>
    </message>
    <message>
      <source>Press play to start it again</source>
      <translation>Zum Neustart abspielen</translation>
    </message>
    <message>
      <source>Press with each beat</source>
      <translation>Bei jedem Schlag drücken</translation>
    </message>
    <message>
      <source>Previous song</source>
      <translation>Voriger Song</translation>
    </message>
    <message>
      <source>Progress</source>
      <translation>Fortschritt</translation>
    </message>
    <message>
      <source>Project</source>
      <translation>Projekt</translation>
    </message>
    <message>
      <source>Publish</source>
      <translation>Veröffentlichen</translation>
    </message>
    <message>
      <source>Publish as a model</source>
      <translation>Als Modell veröffentlichen</translation>
    </message>
    <message>
      <source>Published</source>
      <translation>Veröffentlicht</translation>
    </message>
    <message>
      <source>Publish…</source>
      <translation>Veröffentlichen…</translation>
    </message>
    <message>
      <source>PyTorch does not find it here</source>
      <translation>PyTorch findet es hier nicht</translation>
    </message>
    <message>
      <source>PyTorch {version} can be made to run code hidden in a model file</source>
      <translation>PyTorch {version} kann dazu gebracht werden, in Modelldateien versteckten Code auszuführen</translation>
    </message>
    <message>
      <source>Queue</source>
      <translation>Warteschlange</translation>
    </message>
    <message numerus="yes">
      <source>Queue: {n} songs left</source>
      <translation>
        <numerusform>Warteschlange: noch {n} Song</numerusform>
        <numerusform>Warteschlange: noch {n} Songs</numerusform>
      </translation>
    </message>
    <message>
      <source>Queue…</source>
      <translation>Warteschlange…</translation>
    </message>
    <message>
      <source>Quietest level</source>
      <translation>Leisester Pegel</translation>
    </message>
    <message>
      <source>Quit</source>
      <translation>Beenden</translation>
    </message>
    <message>
      <source>REAPER project (.rpp)</source>
      <translation>REAPER-Projekt (.rpp)</translation>
    </message>
    <message>
      <source>Read every file of the dataset and say what is wrong</source>
      <translation>Jede Datei des Datensatzes lesen und sagen, was nicht stimmt</translation>
    </message>
    <message>
      <source>Reading</source>
      <translation>Liest</translation>
    </message>
    <message>
      <source>Reading references</source>
      <translation>Liest Referenzen</translation>
    </message>
    <message>
      <source>Ready</source>
      <translation>Bereit</translation>
    </message>
    <message>
      <source>Ready to separate</source>
      <translation>Bereit zum Trennen</translation>
    </message>
    <message>
      <source>Redo</source>
      <translation>Wiederholen</translation>
    </message>
    <message>
      <source>Ref.</source>
      <translation>Ref.</translation>
    </message>
    <message>
      <source>Reference</source>
      <translation>Referenz</translation>
    </message>
    <message>
      <source>References</source>
      <translation>Referenzen</translation>
    </message>
    <message>
      <source>Refining</source>
      <translation>Verfeinert</translation>
    </message>
    <message>
      <source>Remove</source>
      <translation>Entfernen</translation>
    </message>
    <message>
      <source>Remove from the queue (Delete)</source>
      <translation>Aus der Warteschlange entfernen (Entf)</translation>
    </message>
    <message>
      <source>Remove this stretch</source>
      <translation>Diesen Abschnitt entfernen</translation>
    </message>
    <message>
      <source>Remove “{name}”?</source>
      <translation>„{name}“ entfernen?</translation>
    </message>
    <message>
      <source>Remove…</source>
      <translation>Entfernen…</translation>
    </message>
    <message>
      <source>Removing</source>
      <translation>Wird entfernt</translation>
    </message>
    <message>
      <source>Replace</source>
      <translation>Ersetzen</translation>
    </message>
    <message>
      <source>Replace files</source>
      <translation>Dateien ersetzen</translation>
    </message>
    <message>
      <source>Replace files that exist already</source>
      <translation>Vorhandene Dateien ersetzen</translation>
    </message>
    <message>
      <source>Replace the files</source>
      <translation>Die Dateien ersetzen</translation>
    </message>
    <message>
      <source>Reset the mixer</source>
      <translation>Mischpult zurücksetzen</translation>
    </message>
    <message>
      <source>Residual</source>
      <translation>Residuum</translation>
    </message>
    <message>
      <source>Residual stem</source>
      <translation>Residuum-Stem</translation>
    </message>
    <message>
      <source>Residual: one more stem takes what the stems leave of the mixture</source>
      <translation>Residuum: ein weiterer Stem nimmt auf, was die Stems von der Mischung übrig lassen</translation>
    </message>
    <message>
      <source>Restart or reinstall umx-gui</source>
      <translation>umx-gui neu starten oder neu installieren</translation>
    </message>
    <message>
      <source>Resume</source>
      <translation>Fortsetzen</translation>
    </message>
    <message>
      <source>Resume it, or choose another folder</source>
      <translation>Ihn fortsetzen oder einen anderen Ordner wählen</translation>
    </message>
    <message>
      <source>Resume the queue</source>
      <translation>Die Warteschlange fortsetzen</translation>
    </message>
    <message>
      <source>Resume the training</source>
      <translation>Das Training fortsetzen</translation>
    </message>
    <message>
      <source>Return</source>
      <translation>Eingabe</translation>
    </message>
    <message>
      <source>Right-click</source>
      <translation>Rechtsklick</translation>
    </message>
    <message>
      <source>Ruler</source>
      <translation>Lineal</translation>
    </message>
    <message>
      <source>Ruler in time or bars</source>
      <translation>Lineal in Zeit oder Takten</translation>
    </message>
    <message>
      <source>Run folder</source>
      <translation>Ordner des Laufs</translation>
    </message>
    <message>
      <source>SDR</source>
      <translation>SDR</translation>
    </message>
    <message>
      <source>SDR gain over the mixture, dB</source>
      <translation>SDR-Gewinn gegenüber der Mischung, dB</translation>
    </message>
    <message>
      <source>SDR in dB on {songs}: {scores}</source>
      <translation>SDR in dB, gemessen an {songs}: {scores}</translation>
    </message>
    <message>
      <source>SDR in dB, as published: {scores}</source>
      <translation>SDR in dB, wie veröffentlicht: {scores}</translation>
    </message>
    <message>
      <source>SDR of {stem} by second: {db} dB in all</source>
      <translation>SDR pro Sekunde, {stem}: insgesamt {db} dB</translation>
    </message>
    <message>
      <source>SDR whole track</source>
      <translation>SDR des ganzen Titels</translation>
    </message>
    <message>
      <source>Save it yourself</source>
      <translation>Von Hand speichern</translation>
    </message>
    <message>
      <source>Save the file first, then drop it here</source>
      <translation>Die Datei zuerst speichern, dann hierherziehen</translation>
    </message>
    <message>
      <source>Save the session</source>
      <translation>Die Sitzung speichern</translation>
    </message>
    <message>
      <source>Save the session as</source>
      <translation>Die Sitzung speichern unter</translation>
    </message>
    <message>
      <source>Save the session as…</source>
      <translation>Die Sitzung speichern unter…</translation>
    </message>
    <message>
      <source>Save the session…</source>
      <translation>Die Sitzung speichern…</translation>
    </message>
    <message>
      <source>Save those files first</source>
      <translation>Diese Dateien zuerst speichern</translation>
    </message>
    <message>
      <source>Score against these</source>
      <translation>Damit bewerten</translation>
    </message>
    <message>
      <source>Scored against “{name}”, in decibels. Separate the song with another model to compare it.</source>
      <translation>Bewertet mit „{name}“, in Dezibel. Zum Vergleichen den Song mit einem anderen Modell trennen.</translation>
    </message>
    <message>
      <source>Scores</source>
      <translation>Bewertung</translation>
    </message>
    <message>
      <source>Scores…</source>
      <translation>Bewertung…</translation>
    </message>
    <message>
      <source>Scoring</source>
      <translation>Bewertet</translation>
    </message>
    <message>
      <source>Scoring with BSS Eval</source>
      <translation>Bewertet mit BSS Eval</translation>
    </message>
    <message>
      <source>Scroll</source>
      <translation>Verschieben</translation>
    </message>
    <message>
      <source>Sea</source>
      <translation>Meer</translation>
    </message>
    <message>
      <source>Select a stretch</source>
      <translation>Einen Abschnitt auswählen</translation>
    </message>
    <message>
      <source>Select from the playhead</source>
      <translation>Ab hier auswählen</translation>
    </message>
    <message>
      <source>Select it</source>
      <translation>Ihn auswählen</translation>
    </message>
    <message>
      <source>Select nothing</source>
      <translation>Nichts auswählen</translation>
    </message>
    <message>
      <source>Select the stretch under the playhead</source>
      <translation>Den Abschnitt hier auswählen</translation>
    </message>
    <message>
      <source>Select up to the playhead</source>
      <translation>Bis hier auswählen</translation>
    </message>
    <message>
      <source>Selection</source>
      <translation>Auswahl</translation>
    </message>
    <message>
      <source>Separate</source>
      <translation>Trennen</translation>
    </message>
    <message>
      <source>Separate again</source>
      <translation>Erneut trennen</translation>
    </message>
    <message>
      <source>Separate it first</source>
      <translation>Zuerst trennen</translation>
    </message>
    <message>
      <source>Separate only the selection</source>
      <translation>Nur die Auswahl trennen</translation>
    </message>
    <message>
      <source>Separate only this</source>
      <translation>Nur dies trennen</translation>
    </message>
    <message>
      <source>Separate songs as they open</source>
      <translation>Songs beim Öffnen trennen</translation>
    </message>
    <message>
      <source>Separate the selection another way…</source>
      <translation>Auswahl anders trennen…</translation>
    </message>
    <message>
      <source>Separate the stretch</source>
      <translation>Abschnitt trennen</translation>
    </message>
    <message>
      <source>Separate the stretch another way</source>
      <translation>Den Abschnitt anders trennen</translation>
    </message>
    <message>
      <source>Separate the stretch this way</source>
      <translation>Den Abschnitt so trennen</translation>
    </message>
    <message>
      <source>Separated by commas: bass.wav, drums.wav</source>
      <translation>Durch Kommas getrennt: bass.wav, drums.wav</translation>
    </message>
    <message>
      <source>Separated by commas: drums, bass</source>
      <translation>Durch Kommas getrennt: drums, bass</translation>
    </message>
    <message>
      <source>Separated in mono</source>
      <translation>In Mono getrennt</translation>
    </message>
    <message>
      <source>Separated with</source>
      <translation>Getrennt mit</translation>
    </message>
    <message>
      <source>Separated{model}. Drag a stem's name out, or export (Ctrl+E)</source>
      <translation>Getrennt{model}. Den Namen eines Stems herausziehen oder exportieren (Strg+E)</translation>
    </message>
    <message>
      <source>Separates: {stems}</source>
      <translation>Trennt: {stems}</translation>
    </message>
    <message>
      <source>Separating</source>
      <translation>Trennt</translation>
    </message>
    <message>
      <source>Separating, {percent}</source>
      <translation>Trennt, {percent}</translation>
    </message>
    <message>
      <source>Sessions (*{suffix})</source>
      <translation>Sitzungen (*{suffix})</translation>
    </message>
    <message>
      <source>Set the filter as it was published with Open-Unmix</source>
      <translation>Den Filter so einstellen, wie er mit Open-Unmix veröffentlicht wurde</translation>
    </message>
    <message>
      <source>Settings {name}</source>
      <translation>Einstellungen {name}</translation>
    </message>
    <message>
      <source>Settings {name}: hear them, and change them. B begins as a copy of A</source>
      <translation>Einstellungen {name}: anhören und ändern. B beginnt als Kopie von A</translation>
    </message>
    <message>
      <source>Shift+drag a stem's name</source>
      <translation>Umschalt+Stemnamen ziehen</translation>
    </message>
    <message>
      <source>Shift+drag, Shift+click</source>
      <translation>Umschalt+Ziehen, +Klick</translation>
    </message>
    <message>
      <source>Shift+wheel</source>
      <translation>Umschalt+Rad</translation>
    </message>
    <message>
      <source>Show the folder</source>
      <translation>Den Ordner zeigen</translation>
    </message>
    <message>
      <source>Show the whole song</source>
      <translation>Den ganzen Song zeigen</translation>
    </message>
    <message>
      <source>Show {stem}</source>
      <translation>{stem} zeigen</translation>
    </message>
    <message>
      <source>Signal to distortion ratio over all samples of the track, in dB</source>
      <translation>Signal-Verzerrungs-Verhältnis über alle Abtastwerte des Titels, in dB</translation>
    </message>
    <message>
      <source>Size</source>
      <translation>Größe</translation>
    </message>
    <message>
      <source>Slower</source>
      <translation>Langsamer</translation>
    </message>
    <message>
      <source>Small: 256 units, for a CPU</source>
      <translation>Klein: 256 Einheiten, für eine CPU</translation>
    </message>
    <message>
      <source>Soft mask</source>
      <translation>Weiche Maske</translation>
    </message>
    <message>
      <source>Soft mask: the filter starts from shares of the mixture instead of the networks' loudness.
Often softer, with more of the other stems heard through</source>
      <translation>Weiche Maske: der Filter beginnt mit Anteilen der Mischung statt mit der Lautheit der Netze.
Oft weicher, mit mehr von den anderen Stems</translation>
    </message>
    <message>
      <source>Softer</source>
      <translation>Leiser</translation>
    </message>
    <message>
      <source>Solo stem {digit}</source>
      <translation>Stem {digit} solo</translation>
    </message>
    <message>
      <source>Solo stem {digit} alone</source>
      <translation>Nur Stem {digit} solo</translation>
    </message>
    <message>
      <source>Solo {name}</source>
      <translation>{name} solo</translation>
    </message>
    <message>
      <source>Some settings could not be read</source>
      <translation>Einige Einstellungen konnten nicht gelesen werden</translation>
    </message>
    <message>
      <source>Something went wrong inside umx-gui</source>
      <translation>In umx-gui ist etwas schiefgegangen</translation>
    </message>
    <message>
      <source>Song</source>
      <translation>Song</translation>
    </message>
    <message>
      <source>Songs ({kinds});;All files (*)</source>
      <translation>Songs ({kinds});;Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Songs and sessions ({kinds} *{SUFFIX});;All files (*)</source>
      <translation>Songs und Sitzungen ({kinds} *{SUFFIX});;Alle Dateien (*)</translation>
    </message>
    <message>
      <source>Songs in the queue</source>
      <translation>Songs in der Warteschlange</translation>
    </message>
    <message>
      <source>Songs that are added next</source>
      <translation>Songs, die als Nächste dazukommen</translation>
    </message>
    <message>
      <source>Sound device</source>
      <translation>Tongerät</translation>
    </message>
    <message>
      <source>Space plays it, and 1 to 4 play one stem alone</source>
      <translation>Die Leertaste spielt ihn ab, 1 bis 4 schalten je einen Stem solo</translation>
    </message>
    <message>
      <source>Spectrogram</source>
      <translation>Spektrogramm</translation>
    </message>
    <message>
      <source>Spectrogram above the reference's</source>
      <translation>Spektrogramm über dem der Referenz</translation>
    </message>
    <message>
      <source>Spectrogram coloured by stem</source>
      <translation>Spektrogramm in den Farben der Stems</translation>
    </message>
    <message>
      <source>Speech</source>
      <translation>Sprache</translation>
    </message>
    <message>
      <source>Speech enhancement: speech and noise at 16 kHz, mono, trained on 28 speakers of Voicebank+DEMAND</source>
      <translation>Sprachverbesserung: Sprache und Geräusch bei 16 kHz, mono, trainiert mit 28 Stimmen aus Voicebank+DEMAND</translation>
    </message>
    <message>
      <source>Speed</source>
      <translation>Geschwindigkeit</translation>
    </message>
    <message>
      <source>Speed {speed}, back to normal</source>
      <translation>Geschwindigkeit {speed}, zurück zu normal</translation>
    </message>
    <message>
      <source>Standard: 512 units, as Open-Unmix</source>
      <translation>Standard: 512 Einheiten, wie Open-Unmix</translation>
    </message>
    <message>
      <source>Start a new one, or watch the folder of one, be it on another machine</source>
      <translation>Einen neuen starten oder den Ordner eines Laufs beobachten, auch auf einem anderen Rechner</translation>
    </message>
    <message>
      <source>Start training</source>
      <translation>Training starten</translation>
    </message>
    <message>
      <source>Starting</source>
      <translation>Startet</translation>
    </message>
    <message>
      <source>State</source>
      <translation>Zustand</translation>
    </message>
    <message>
      <source>Stem</source>
      <translation>Stem</translation>
    </message>
    <message>
      <source>Stem to hear</source>
      <translation>Stem zum Anhören</translation>
    </message>
    <message>
      <source>Stems</source>
      <translation>Stems</translation>
    </message>
    <message>
      <source>Stems add up to the original exactly, to the last bit</source>
      <translation>Die Stems ergeben zusammen das Original, bis aufs letzte Bit</translation>
    </message>
    <message>
      <source>Stop</source>
      <translation>Stopp</translation>
    </message>
    <message>
      <source>Stop checking</source>
      <translation>Prüfung abbrechen</translation>
    </message>
    <message>
      <source>Stop scoring</source>
      <translation>Bewerten anhalten</translation>
    </message>
    <message>
      <source>Stop separating the stretch</source>
      <translation>Das Trennen des Abschnitts anhalten</translation>
    </message>
    <message>
      <source>Stop the training</source>
      <translation>Das Training anhalten</translation>
    </message>
    <message>
      <source>Stopped</source>
      <translation>Gestoppt</translation>
    </message>
    <message>
      <source>Stopped. What is separated stays; Separate goes on from there</source>
      <translation>Angehalten. Was getrennt ist, bleibt; „Trennen“ macht dort weiter</translation>
    </message>
    <message>
      <source>Stopping</source>
      <translation>Hält an</translation>
    </message>
    <message>
      <source>Stretch</source>
      <translation>Abschnitt</translation>
    </message>
    <message>
      <source>Sum check: what is left when the sum of the stems is taken from the song, in decibels of the song.
“Exact” is below {limit} dB: nothing that a 16-bit file could hold</source>
      <translation>Summenprobe: was bleibt, wenn die Summe der Stems vom Song abgezogen wird, in Dezibel des Songs.
„Exakt“ ist unter {limit} dB: nichts, was eine 16-Bit-Datei fassen könnte</translation>
    </message>
    <message>
      <source>Take it up</source>
      <translation>Wiederaufnehmen</translation>
    </message>
    <message>
      <source>Take out only the selection, or the loop</source>
      <translation>Nur Auswahl oder Schleife herausziehen</translation>
    </message>
    <message>
      <source>Take songs out</source>
      <translation>Songs herausnehmen</translation>
    </message>
    <message>
      <source>Take the run off this list</source>
      <translation>Den Lauf von dieser Liste nehmen</translation>
    </message>
    <message>
      <source>Take the stem out as a file</source>
      <translation>Stem als Datei herausziehen</translation>
    </message>
    <message>
      <source>Take them</source>
      <translation>Annehmen</translation>
    </message>
    <message>
      <source>Take them up</source>
      <translation>Wiederaufnehmen</translation>
    </message>
    <message>
      <source>Take what is done out of the list</source>
      <translation>Fertiges aus der Liste nehmen</translation>
    </message>
    <message>
      <source>Taller or flatter waves</source>
      <translation>Höhere oder flachere Wellen</translation>
    </message>
    <message>
      <source>Taller waves</source>
      <translation>Höhere Wellen</translation>
    </message>
    <message>
      <source>Tap</source>
      <translation>Tippen</translation>
    </message>
    <message>
      <source>Tap the tempo</source>
      <translation>Das Tempo tippen</translation>
    </message>
    <message>
      <source>Target's file</source>
      <translation>Datei des Ziels</translation>
    </message>
    <message>
      <source>Target's folder</source>
      <translation>Ordner des Ziels</translation>
    </message>
    <message>
      <source>Targets</source>
      <translation>Ziele</translation>
    </message>
    <message>
      <source>Tempo</source>
      <translation>Tempo</translation>
    </message>
    <message>
      <source>Tempo…</source>
      <translation>Tempo…</translation>
    </message>
    <message>
      <source>The card of this model cannot be read.</source>
      <translation>Die Karte dieses Modells ist nicht lesbar.</translation>
    </message>
    <message>
      <source>The dataset cannot be used</source>
      <translation>Der Datensatz kann nicht verwendet werden</translation>
    </message>
    <message>
      <source>The dataset could not be checked</source>
      <translation>Der Datensatz konnte nicht geprüft werden</translation>
    </message>
    <message>
      <source>The dataset “{path}” cannot be used</source>
      <translation>Der Datensatz „{path}“ kann nicht verwendet werden</translation>
    </message>
    <message>
      <source>The defaults are used instead</source>
      <translation>Stattdessen gelten die Vorgaben</translation>
    </message>
    <message>
      <source>The device “{device}” is not available</source>
      <translation>Das Gerät „{device}“ ist nicht verfügbar</translation>
    </message>
    <message>
      <source>The disk of “{path}” is too full</source>
      <translation>Der Datenträger von „{path}“ ist zu voll</translation>
    </message>
    <message>
      <source>The file is left as it is</source>
      <translation>Die Datei bleibt, wie sie ist</translation>
    </message>
    <message>
      <source>The filter starts from shares of the mixture</source>
      <translation>Der Filter beginnt mit Anteilen der Mischung</translation>
    </message>
    <message>
      <source>The groups of the export: their stems' emphases move together</source>
      <translation>Die Gruppen des Exports: die Betonungen ihrer Stems bewegen sich zusammen</translation>
    </message>
    <message>
      <source>The lane's colour</source>
      <translation>Farbe der Spur</translation>
    </message>
    <message>
      <source>The language changes at the next start</source>
      <translation>Die Sprache wechselt beim nächsten Start</translation>
    </message>
    <message>
      <source>The large Open-Unmix, trained on about 400 hours of private music: the best by its scores</source>
      <translation>Das große Open-Unmix, trainiert mit etwa 400 Stunden privater Musik: das beste nach seiner Bewertung</translation>
    </message>
    <message>
      <source>The last good checkpoint is kept: resume with a lower learning rate, or without these tracks</source>
      <translation>Der letzte gute Stand ist erhalten: mit kleinerer Lernrate oder ohne diese Titel fortsetzen</translation>
    </message>
    <message>
      <source>The licence of “{name}” has to be accepted first</source>
      <translation>Die Lizenz von „{name}“ muss zuerst angenommen werden</translation>
    </message>
    <message>
      <source>The loop, {start} to {stop}</source>
      <translation>Die Schleife, {start} bis {stop}</translation>
    </message>
    <message>
      <source>The mixer's volumes, pans, solos and mutes; the master volume is left out</source>
      <translation>Lautstärken, Panoramen, Solo und Stumm des Mischpults; ohne die Gesamtlautstärke</translation>
    </message>
    <message>
      <source>The model whose networks separate this stretch</source>
      <translation>Das Modell, dessen Netze diesen Abschnitt trennen</translation>
    </message>
    <message>
      <source>The model “{name}” cannot be used</source>
      <translation>Das Modell „{name}“ kann nicht verwendet werden</translation>
    </message>
    <message>
      <source>The model “{name}” is another one here</source>
      <translation>Das Modell „{name}“ ist hier ein anderes</translation>
    </message>
    <message>
      <source>The model “{name}” is not installed</source>
      <translation>Das Modell „{name}“ ist nicht installiert</translation>
    </message>
    <message>
      <source>The name cannot be used</source>
      <translation>Der Name kann nicht verwendet werden</translation>
    </message>
    <message>
      <source>The option {option} cannot be used like this</source>
      <translation>Die Option {option} kann so nicht verwendet werden</translation>
    </message>
    <message>
      <source>The original</source>
      <translation>Das Original</translation>
    </message>
    <message>
      <source>The other files from a random track</source>
      <translation>Die anderen Dateien aus einem zufälligen Titel</translation>
    </message>
    <message>
      <source>The queue could not be read</source>
      <translation>Die Warteschlange konnte nicht gelesen werden</translation>
    </message>
    <message numerus="yes">
      <source>The queue is done: {n} songs separated</source>
      <translation>
        <numerusform>Die Warteschlange ist fertig: {n} Song getrennt</numerusform>
        <numerusform>Die Warteschlange ist fertig: {n} Songs getrennt</numerusform>
      </translation>
    </message>
    <message>
      <source>The queue says why</source>
      <translation>Die Warteschlange nennt den Grund</translation>
    </message>
    <message>
      <source>The queue was interrupted</source>
      <translation>Die Warteschlange wurde unterbrochen</translation>
    </message>
    <message>
      <source>The references do not quite fit the song</source>
      <translation>Die Referenzen passen nicht ganz zum Song</translation>
    </message>
    <message>
      <source>The residual is a stem, too</source>
      <translation>Auch das Residuum ist ein Stem</translation>
    </message>
    <message>
      <source>The run cannot be told</source>
      <translation>Der Lauf kann nicht benachrichtigt werden</translation>
    </message>
    <message>
      <source>The run needs a folder of its own</source>
      <translation>Der Lauf braucht einen eigenen Ordner</translation>
    </message>
    <message>
      <source>The run “{path}” cannot be used</source>
      <translation>Der Trainingslauf „{path}“ kann nicht verwendet werden</translation>
    </message>
    <message>
      <source>The same after the best single gain, so that loudness does not count</source>
      <translation>Dasselbe nach der besten einzelnen Verstärkung, damit die Lautstärke nicht zählt</translation>
    </message>
    <message>
      <source>The selection, {words}</source>
      <translation>Die Auswahl, {words}</translation>
    </message>
    <message>
      <source>The separation goes on, slower</source>
      <translation>Die Trennung geht langsamer weiter</translation>
    </message>
    <message>
      <source>The session is not kept by itself</source>
      <translation>Die Sitzung wird nicht selbsttätig aufbewahrt</translation>
    </message>
    <message>
      <source>The session is saved as “{name}”</source>
      <translation>Die Sitzung ist als „{name}“ gespeichert</translation>
    </message>
    <message>
      <source>The session “{name}” cannot be opened</source>
      <translation>Die Sitzung „{name}“ kann nicht geöffnet werden</translation>
    </message>
    <message>
      <source>The song is still being read</source>
      <translation>Der Song wird noch gelesen</translation>
    </message>
    <message>
      <source>The song itself, written in the same way</source>
      <translation>Der Song selbst, auf dieselbe Weise geschrieben</translation>
    </message>
    <message>
      <source>The song “{name}” was not found</source>
      <translation>Der Song „{name}“ wurde nicht gefunden</translation>
    </message>
    <message>
      <source>The stem “{target}” cannot be scored</source>
      <translation>Der Stem „{target}“ kann nicht bewertet werden</translation>
    </message>
    <message>
      <source>The stems are being exported</source>
      <translation>Die Stems werden gerade exportiert</translation>
    </message>
    <message>
      <source>The stems are not complete yet</source>
      <translation>Die Stems sind noch nicht vollständig</translation>
    </message>
    <message>
      <source>The stems are written at {rate_of_file} Hz</source>
      <translation>Die Stems werden mit {rate_of_file} Hz geschrieben</translation>
    </message>
    <message>
      <source>The stems are written, but not their receipt</source>
      <translation>Die Stems sind geschrieben, ihr Beleg nicht</translation>
    </message>
    <message>
      <source>The system's choice</source>
      <translation>Wie das System</translation>
    </message>
    <message>
      <source>The training cannot be started</source>
      <translation>Das Training kann nicht gestartet werden</translation>
    </message>
    <message>
      <source>The training of “{name}” ended</source>
      <translation>Das Training von „{name}“ ist zu Ende</translation>
    </message>
    <message>
      <source>The whole song</source>
      <translation>Der ganze Song</translation>
    </message>
    <message>
      <source>The whole song. Drag to move, drag the edges to zoom, double-click to see all</source>
      <translation>Der ganze Song. Ziehen verschiebt, Ziehen an den Rändern vergrößert, Doppelklick zeigt alles</translation>
    </message>
    <message>
      <source>The window cannot open</source>
      <translation>Das Fenster kann sich nicht öffnen</translation>
    </message>
    <message>
      <source>Then drop a song of your own on the window; ? shows every key</source>
      <translation>Danach einen eigenen Song auf das Fenster ziehen; ? zeigt alle Tasten</translation>
    </message>
    <message>
      <source>There are no songs in these folders</source>
      <translation>In diesen Ordnern sind keine Songs</translation>
    </message>
    <message>
      <source>There are no stems yet</source>
      <translation>Es gibt noch keine Stems</translation>
    </message>
    <message>
      <source>There is a run in this folder already</source>
      <translation>In diesem Ordner ist bereits ein Lauf</translation>
    </message>
    <message>
      <source>There is no checkpoint yet: start again with a lower learning rate, or without these tracks</source>
      <translation>Es gibt noch keinen Stand: mit kleinerer Lernrate oder ohne diese Titel neu beginnen</translation>
    </message>
    <message>
      <source>There is no menu to add umx-gui to</source>
      <translation>Es gibt kein Menü, in das umx-gui eingetragen werden könnte</translation>
    </message>
    <message>
      <source>There is no model called “{name}”</source>
      <translation>Es gibt kein Modell namens „{name}“</translation>
    </message>
    <message>
      <source>There is not enough memory</source>
      <translation>Der Arbeitsspeicher reicht nicht</translation>
    </message>
    <message>
      <source>There is nothing to train</source>
      <translation>Es gibt nichts zu trainieren</translation>
    </message>
    <message>
      <source>There is one of this name already</source>
      <translation>Diesen Namen gibt es schon</translation>
    </message>
    <message>
      <source>This cannot be opened</source>
      <translation>Das kann nicht geöffnet werden</translation>
    </message>
    <message>
      <source>This frees {n_bytes}. {again}</source>
      <translation>Das gibt {n_bytes} frei. {again}</translation>
    </message>
    <message>
      <source>This session has changes that were never saved</source>
      <translation>Diese Sitzung hat Änderungen, die nie gespeichert wurden</translation>
    </message>
    <message>
      <source>This song was separated with “{used}”</source>
      <translation>Dieser Song wurde mit „{used}“ getrennt</translation>
    </message>
    <message>
      <source>Throw away what is there of “{name}”?</source>
      <translation>Verwerfen, was von „{name}“ da ist?</translation>
    </message>
    <message>
      <source>Throw them away</source>
      <translation>Verwerfen</translation>
    </message>
    <message>
      <source>Tick at least one</source>
      <translation>Mindestens einen ankreuzen</translation>
    </message>
    <message>
      <source>Time</source>
      <translation>Zeit</translation>
    </message>
    <message>
      <source>Time left</source>
      <translation>Restzeit</translation>
    </message>
    <message>
      <source>Time ruler</source>
      <translation>Zeitlineal</translation>
    </message>
    <message>
      <source>Time ruler{words}</source>
      <translation>Zeitlineal{words}</translation>
    </message>
    <message>
      <source>Time {words}</source>
      <translation>Zeit {words}</translation>
    </message>
    <message>
      <source>Tracks as pairs: a mixture and a target</source>
      <translation>Titel als Paare: eine Mischung und ein Ziel</translation>
    </message>
    <message>
      <source>Tracks that have the same files</source>
      <translation>Titel mit denselben Dateien</translation>
    </message>
    <message>
      <source>Tracks with a target and any other files</source>
      <translation>Titel mit einem Ziel und beliebigen anderen Dateien</translation>
    </message>
    <message>
      <source>Trained</source>
      <translation>Trainiert</translation>
    </message>
    <message>
      <source>Training</source>
      <translation>Training</translation>
    </message>
    <message>
      <source>Training curves up to epoch {number}: {curves}</source>
      <translation>Trainingskurven bis Epoche {number}: {curves}</translation>
    </message>
    <message>
      <source>Training curves: no epoch is done yet</source>
      <translation>Trainingskurven: noch ist keine Epoche fertig</translation>
    </message>
    <message>
      <source>Training run</source>
      <translation>Trainingslauf</translation>
    </message>
    <message>
      <source>Training stopped at step {step}</source>
      <translation>Das Training hielt bei Schritt {step} an</translation>
    </message>
    <message>
      <source>Training…</source>
      <translation>Training…</translation>
    </message>
    <message>
      <source>Try a song again</source>
      <translation>Einen Song erneut versuchen</translation>
    </message>
    <message>
      <source>Try again</source>
      <translation>Erneut versuchen</translation>
    </message>
    <message>
      <source>Try again (Return)</source>
      <translation>Erneut versuchen (Eingabe)</translation>
    </message>
    <message>
      <source>Try again later</source>
      <translation>Später erneut versuchen</translation>
    </message>
    <message>
      <source>Try again later; what has come is kept</source>
      <translation>Später erneut versuchen; was schon da ist, bleibt</translation>
    </message>
    <message>
      <source>Try again; what has come is kept</source>
      <translation>Erneut versuchen; was schon da ist, bleibt</translation>
    </message>
    <message>
      <source>Try from another network, or later</source>
      <translation>Aus einem anderen Netz oder später versuchen</translation>
    </message>
    <message>
      <source>Try the demo song</source>
      <translation>Den Demosong ausprobieren</translation>
    </message>
    <message>
      <source>Under the pointer</source>
      <translation>Unter dem Zeiger</translation>
    </message>
    <message>
      <source>Undo</source>
      <translation>Rückgängig</translation>
    </message>
    <message>
      <source>Use</source>
      <translation>Verwenden</translation>
    </message>
    <message>
      <source>Use it all the same</source>
      <translation>Trotzdem verwenden</translation>
    </message>
    <message>
      <source>Use umx-gui separate, which needs no display</source>
      <translation>umx-gui separate verwenden, das keinen Bildschirm braucht</translation>
    </message>
    <message>
      <source>Usual bit rate</source>
      <translation>Übliche Bitrate</translation>
    </message>
    <message>
      <source>Validating</source>
      <translation>Validiert</translation>
    </message>
    <message>
      <source>Verified</source>
      <translation>Geprüft</translation>
    </message>
    <message>
      <source>Verify</source>
      <translation>Prüfen</translation>
    </message>
    <message>
      <source>Verifying</source>
      <translation>Wird geprüft</translation>
    </message>
    <message>
      <source>Version</source>
      <translation>Fassung</translation>
    </message>
    <message>
      <source>Version of the stretch</source>
      <translation>Fassung des Abschnitts</translation>
    </message>
    <message>
      <source>Version {version}</source>
      <translation>Version {version}</translation>
    </message>
    <message>
      <source>Versions of the stretch</source>
      <translation>Fassungen des Abschnitts</translation>
    </message>
    <message>
      <source>View</source>
      <translation>Ansicht</translation>
    </message>
    <message>
      <source>Vocals</source>
      <translation>Gesang</translation>
    </message>
    <message>
      <source>WAV with 32-bit float keeps them, and so does a common gain</source>
      <translation>WAV mit 32-Bit-Gleitkomma behält sie, ebenso eine gemeinsame Absenkung</translation>
    </message>
    <message>
      <source>Wait a moment</source>
      <translation>Einen Moment warten</translation>
    </message>
    <message>
      <source>Wait for it, or stop it first</source>
      <translation>Ihn abwarten oder zuerst anhalten</translation>
    </message>
    <message>
      <source>Wait for it, stop it, or choose another folder</source>
      <translation>Den Lauf abwarten, anhalten oder einen anderen Ordner wählen</translation>
    </message>
    <message>
      <source>Wait for the export</source>
      <translation>Den Export abwarten</translation>
    </message>
    <message>
      <source>Wait until that is done</source>
      <translation>Warten, bis das fertig ist</translation>
    </message>
    <message>
      <source>Wait, or cancel it</source>
      <translation>Warten oder abbrechen</translation>
    </message>
    <message>
      <source>Wait, or separate it on</source>
      <translation>Warten oder weiter trennen</translation>
    </message>
    <message>
      <source>Waiting</source>
      <translation>Wartet</translation>
    </message>
    <message>
      <source>Waits for the open song, {percent}</source>
      <translation>Wartet auf den offenen Song, {percent}</translation>
    </message>
    <message>
      <source>Watch a run's folder</source>
      <translation>Den Ordner eines Laufs beobachten</translation>
    </message>
    <message>
      <source>Watch a training run</source>
      <translation>Einen Trainingslauf beobachten</translation>
    </message>
    <message>
      <source>Watch folder…</source>
      <translation>Ordner beobachten…</translation>
    </message>
    <message>
      <source>Waveform</source>
      <translation>Wellenform</translation>
    </message>
    <message>
      <source>Waveform above the reference's</source>
      <translation>Wellenform über der der Referenz</translation>
    </message>
    <message>
      <source>Waveform and spectrogram</source>
      <translation>Wellenform und Spektrogramm</translation>
    </message>
    <message>
      <source>Waveforms, spectrograms or both</source>
      <translation>Welle, Spektrogramm, beides</translation>
    </message>
    <message>
      <source>Welcome! This is the demo song</source>
      <translation>Willkommen! Das ist der Demosong</translation>
    </message>
    <message>
      <source>What I hear</source>
      <translation>Was zu hören ist</translation>
    </message>
    <message>
      <source>What is dragged out</source>
      <translation>Was herausgezogen wird</translation>
    </message>
    <message>
      <source>What it stands on, with the licence of each</source>
      <translation>Worauf es beruht, mit der jeweiligen Lizenz</translation>
    </message>
    <message>
      <source>What its file is called</source>
      <translation>So heißt ihre Datei</translation>
    </message>
    <message>
      <source>What the check found</source>
      <translation>Was die Prüfung fand</translation>
    </message>
    <message>
      <source>What the message offers</source>
      <translation>Was die Meldung anbietet</translation>
    </message>
    <message>
      <source>What the stems add up to</source>
      <translation>Was die Stems zusammen ergeben</translation>
    </message>
    <message>
      <source>Where each song gets a folder of its own</source>
      <translation>Dort bekommt jeder Song einen eigenen Ordner</translation>
    </message>
    <message>
      <source>Where is “{name}”?</source>
      <translation>Wo ist „{name}“?</translation>
    </message>
    <message>
      <source>Where the files go</source>
      <translation>Wohin die Dateien kommen</translation>
    </message>
    <message>
      <source>Window</source>
      <translation>Fenster</translation>
    </message>
    <message>
      <source>Window for the stretch</source>
      <translation>Fenster für den Abschnitt</translation>
    </message>
    <message>
      <source>Window of the filter</source>
      <translation>Fenster des Filters</translation>
    </message>
    <message>
      <source>Window: how much of the song is filtered together.
A short one follows instruments that move or come and go; a long one is steadier</source>
      <translation>Fenster: wie viel vom Song zusammen gefiltert wird.
Ein kurzes folgt Instrumenten, die sich bewegen, kommen oder gehen; ein langes ist ruhiger</translation>
    </message>
    <message>
      <source>Words in braces stand for: </source>
      <translation>Wörter in Klammern stehen für: </translation>
    </message>
    <message>
      <source>Working</source>
      <translation>Arbeitet</translation>
    </message>
    <message>
      <source>Write a file of this stem: {stem}</source>
      <translation>Eine Datei dieses Stems schreiben: {stem}</translation>
    </message>
    <message>
      <source>Write receipts beside exported stems</source>
      <translation>Belege neben exportierte Stems schreiben</translation>
    </message>
    <message>
      <source>Write {stem}</source>
      <translation>{stem} schreiben</translation>
    </message>
    <message>
      <source>Writing</source>
      <translation>Schreibt</translation>
    </message>
    <message>
      <source>Yes</source>
      <translation>Ja</translation>
    </message>
    <message>
      <source>Zip files (*.zip)</source>
      <translation>Zip-Dateien (*.zip)</translation>
    </message>
    <message>
      <source>Zoom</source>
      <translation>Zoom</translation>
    </message>
    <message>
      <source>Zoom at the pointer</source>
      <translation>Am Zeiger vergrößern</translation>
    </message>
    <message>
      <source>Zoom in</source>
      <translation>Vergrößern</translation>
    </message>
    <message>
      <source>Zoom out</source>
      <translation>Verkleinern</translation>
    </message>
    <message>
      <source>Zoom to the loop</source>
      <translation>Auf die Schleife vergrößern</translation>
    </message>
    <message>
      <source>Zoom to the selection</source>
      <translation>Auf die Auswahl vergrößern</translation>
    </message>
    <message>
      <source>a .stem.mp4 file holds exactly four stems, not {n}</source>
      <translation>eine .stem.mp4-Datei enthält genau vier Stems, nicht {n}</translation>
    </message>
    <message>
      <source>a model's name is a plain word, as a folder can be called on any system</source>
      <translation>der Name eines Modells ist ein einfaches Wort, wie ein Ordner überall heißen kann</translation>
    </message>
    <message>
      <source>a quotation mark is not closed</source>
      <translation>ein Anführungszeichen ist nicht geschlossen</translation>
    </message>
    <message>
      <source>a single target is filtered against it, so “{name}” is written</source>
      <translation>ein einzelnes Ziel wird gegen das Residuum gefiltert, darum wird „{name}“ mitgeschrieben</translation>
    </message>
    <message>
      <source>about {time} in all</source>
      <translation>zusammen etwa {time}</translation>
    </message>
    <message>
      <source>all its files are at {rate} Hz, not {wanted} Hz</source>
      <translation>alle Dateien haben {rate} Hz, nicht {wanted} Hz</translation>
    </message>
    <message>
      <source>all its files are mono</source>
      <translation>alle Dateien sind mono</translation>
    </message>
    <message>
      <source>all its files are silent throughout</source>
      <translation>alle Dateien sind durchgehend still</translation>
    </message>
    <message>
      <source>all its files have {n} channels, more than {most}</source>
      <translation>alle Dateien haben {n} Kanäle, mehr als {most}</translation>
    </message>
    <message>
      <source>bundled: comes with umx-gui; published: by the authors of Open-Unmix; trained or imported: by you</source>
      <translation>mitgeliefert: kommt mit umx-gui; veröffentlicht: von den Autoren von Open-Unmix; trainiert oder importiert: eigene Modelle</translation>
    </message>
    <message>
      <source>centre and surround at -3 dB, no LFE, level lowered so that nothing clips</source>
      <translation>Mitte und Surround mit -3 dB, ohne LFE, Pegel abgesenkt, damit nichts übersteuert</translation>
    </message>
    <message>
      <source>damaged parts ({amount:.0f}) were left out</source>
      <translation>beschädigte Teile ({amount:.0f}) wurden ausgelassen</translation>
    </message>
    <message>
      <source>decoding it needs more memory than is allowed</source>
      <translation>das Dekodieren braucht mehr Speicher, als erlaubt ist</translation>
    </message>
    <message>
      <source>decoding it took too long</source>
      <translation>das Dekodieren dauerte zu lange</translation>
    </message>
    <message>
      <source>difference from the reference</source>
      <translation>Abweichung von der Referenz</translation>
    </message>
    <message>
      <source>emphasis</source>
      <translation>Betonung</translation>
    </message>
    <message>
      <source>emphasis of a group</source>
      <translation>Betonung einer Gruppe</translation>
    </message>
    <message>
      <source>emphasis of {stem}</source>
      <translation>Betonung: {stem}</translation>
    </message>
    <message>
      <source>epoch {epoch} of {epochs}</source>
      <translation>Epoche {epoch} von {epochs}</translation>
    </message>
    <message>
      <source>estimate</source>
      <translation>Schätzung</translation>
    </message>
    <message>
      <source>even the smallest block does not fit</source>
      <translation>nicht einmal der kleinste Block passt hinein</translation>
    </message>
    <message>
      <source>exact</source>
      <translation>exakt</translation>
    </message>
    <message>
      <source>filter settings</source>
      <translation>Filtereinstellungen</translation>
    </message>
    <message>
      <source>installed are: {join}</source>
      <translation>installiert sind: {join}</translation>
    </message>
    <message>
      <source>it became shorter or vanished</source>
      <translation>die Datei wurde kürzer oder verschwand</translation>
    </message>
    <message>
      <source>it cannot be read</source>
      <translation>es ist nicht lesbar</translation>
    </message>
    <message>
      <source>it cannot be read ({reason})</source>
      <translation>es kann nicht gelesen werden ({reason})</translation>
    </message>
    <message>
      <source>it cannot be read again</source>
      <translation>es ist nicht wieder lesbar</translation>
    </message>
    <message>
      <source>it cannot be read beyond {amount:.2f} s</source>
      <translation>sie ist nach {amount:.2f} s nicht mehr lesbar</translation>
    </message>
    <message>
      <source>it cannot be read, or is no file of this kind</source>
      <translation>es ist nicht lesbar oder keine Datei dieser Art</translation>
    </message>
    <message>
      <source>it claims more than the file holds</source>
      <translation>es gibt mehr an, als die Datei enthält</translation>
    </message>
    <message>
      <source>it does not exist</source>
      <translation>es existiert nicht</translation>
    </message>
    <message>
      <source>it does not hold the parameters of an Open-Unmix network</source>
      <translation>es enthält nicht die Parameter eines Open-Unmix-Netzes</translation>
    </message>
    <message>
      <source>it ends before the start that was asked for</source>
      <translation>sie endet vor dem verlangten Anfang</translation>
    </message>
    <message>
      <source>it gives two stems one name; use {target} in it, not only {template}</source>
      <translation>zwei Stems hießen damit gleich; {target} darin verwenden, nicht nur {template}</translation>
    </message>
    <message>
      <source>it has more than 64 channels</source>
      <translation>sie hat mehr als 64 Kanäle</translation>
    </message>
    <message>
      <source>it has more than one weight file for {target}</source>
      <translation>es hat mehr als eine Gewichtsdatei für {target}</translation>
    </message>
    <message>
      <source>it has no audio track</source>
      <translation>sie hat keine Tonspur</translation>
    </message>
    <message>
      <source>it has no folder {name}; MUSDB18 has the folders train and test</source>
      <translation>er hat keinen Ordner {name}; MUSDB18 hat die Ordner train und test</translation>
    </message>
    <message>
      <source>it has no separator.json</source>
      <translation>es hat keine separator.json</translation>
    </message>
    <message>
      <source>it has no {stem}</source>
      <translation>ihm fehlt {stem}</translation>
    </message>
    <message>
      <source>it has to be a plain word, as a folder can be called</source>
      <translation>er muss ein einfaches Wort sein, wie ein Ordner heißen kann</translation>
    </message>
    <message>
      <source>it holds more than one model</source>
      <translation>es enthält mehr als ein Modell</translation>
    </message>
    <message>
      <source>it holds no .stem.mp4 files (with folders of WAV files, add --is-wav)</source>
      <translation>er enthält keine .stem.mp4-Dateien (für Ordner mit WAV-Dateien: --is-wav)</translation>
    </message>
    <message>
      <source>it holds no audio samples</source>
      <translation>sie enthält keinen Ton</translation>
    </message>
    <message>
      <source>it holds no files that end in {ext}</source>
      <translation>er enthält keine Dateien, die auf {ext} enden</translation>
    </message>
    <message>
      <source>it holds no folders of WAV files</source>
      <translation>er enthält keine Ordner mit WAV-Dateien</translation>
    </message>
    <message>
      <source>it holds no samples</source>
      <translation>sie enthält keine Abtastwerte</translation>
    </message>
    <message>
      <source>it holds no songs to train on</source>
      <translation>er enthält keine Songs zum Trainieren</translation>
    </message>
    <message>
      <source>it holds no track folders with stems such as vocals.wav</source>
      <translation>er enthält keine Ordner mit Stems wie vocals.wav</translation>
    </message>
    <message>
      <source>it holds no weights of any target</source>
      <translation>es enthält für kein Ziel Gewichte</translation>
    </message>
    <message>
      <source>it holds none of the songs that are kept for validation</source>
      <translation>er enthält keinen der Songs, die zum Validieren zurückgehalten werden</translation>
    </message>
    <message>
      <source>it holds other things than named tensors</source>
      <translation>es enthält anderes als benannte Tensoren</translation>
    </message>
    <message>
      <source>it holds unknown parameters: {names}</source>
      <translation>es enthält unbekannte Parameter: {names}</translation>
    </message>
    <message>
      <source>it holds {n} files, more than any model</source>
      <translation>es enthält {n} Dateien, mehr als jedes Modell</translation>
    </message>
    <message>
      <source>it holds {stem} twice</source>
      <translation>er enthält {stem} zweimal</translation>
    </message>
    <message>
      <source>it is a folder, not a file</source>
      <translation>es ist ein Ordner, keine Datei</translation>
    </message>
    <message>
      <source>it is a playlist, which only names other files</source>
      <translation>es ist eine Wiedergabeliste, die nur andere Dateien nennt</translation>
    </message>
    <message>
      <source>it is compressed in an unusual way</source>
      <translation>es ist auf ungewöhnliche Weise komprimiert</translation>
    </message>
    <message>
      <source>it is compressed, which weight files never are</source>
      <translation>es ist komprimiert, was Gewichtsdateien nie sind</translation>
    </message>
    <message>
      <source>it is copy protected</source>
      <translation>sie ist kopiergeschützt</translation>
    </message>
    <message>
      <source>it is damaged, or is no session at all</source>
      <translation>sie ist beschädigt oder gar keine Sitzung</translation>
    </message>
    <message>
      <source>it is downloading</source>
      <translation>es wird heruntergeladen</translation>
    </message>
    <message>
      <source>it is encrypted</source>
      <translation>es ist verschlüsselt</translation>
    </message>
    <message>
      <source>it is importing</source>
      <translation>es wird importiert</translation>
    </message>
    <message>
      <source>it is neither a folder nor a good zip file</source>
      <translation>es ist weder ein Ordner noch eine gültige Zip-Datei</translation>
    </message>
    <message>
      <source>it is neither where it was nor near “{name}”</source>
      <translation>er ist weder dort, wo er war, noch in der Nähe von „{name}“</translation>
    </message>
    <message>
      <source>it is not a file</source>
      <translation>es ist keine Datei</translation>
    </message>
    <message>
      <source>it is not a model folder</source>
      <translation>es ist kein Modellordner</translation>
    </message>
    <message>
      <source>it is not a weight file</source>
      <translation>es ist keine Gewichtsdatei</translation>
    </message>
    <message>
      <source>it is not a weight file, or holds code that would be executed</source>
      <translation>es ist keine Gewichtsdatei oder enthält Code, der ausgeführt würde</translation>
    </message>
    <message>
      <source>it is not an audio file</source>
      <translation>es ist keine Audiodatei</translation>
    </message>
    <message>
      <source>it is not on this computer</source>
      <translation>es liegt nicht auf diesem Rechner</translation>
    </message>
    <message>
      <source>it is not there</source>
      <translation>es ist nicht da</translation>
    </message>
    <message>
      <source>it is removing</source>
      <translation>es wird entfernt</translation>
    </message>
    <message>
      <source>it is silent throughout</source>
      <translation>er ist durchgehend still</translation>
    </message>
    <message>
      <source>it is too large for a model</source>
      <translation>es ist für ein Modell zu groß</translation>
    </message>
    <message>
      <source>it is verifying</source>
      <translation>es wird geprüft</translation>
    </message>
    <message>
      <source>it is {amount:.2f} s longer than it says</source>
      <translation>sie ist {amount:.2f} s länger, als sie angibt</translation>
    </message>
    <message>
      <source>it is {amount:.2f} s shorter than it says, and perhaps cut off</source>
      <translation>sie ist {amount:.2f} s kürzer, als sie angibt, und vielleicht abgeschnitten</translation>
    </message>
    <message>
      <source>it may hold {known}, not {field}</source>
      <translation>darin darf {known} stehen, nicht {field}</translation>
    </message>
    <message>
      <source>it must be one of {known}</source>
      <translation>möglich sind {known}</translation>
    </message>
    <message>
      <source>it needs the folder train</source>
      <translation>er braucht den Ordner train</translation>
    </message>
    <message>
      <source>it needs the folders train and valid</source>
      <translation>er braucht die Ordner train und valid</translation>
    </message>
    <message>
      <source>it was saved before the song was separated</source>
      <translation>sie wurde gespeichert, bevor der Song getrennt war</translation>
    </message>
    <message>
      <source>it would write outside its own folder</source>
      <translation>es würde außerhalb des eigenen Ordners schreiben</translation>
    </message>
    <message>
      <source>its JSON file has no settings</source>
      <translation>in der JSON-Datei fehlen die Einstellungen</translation>
    </message>
    <message>
      <source>its braces do not match</source>
      <translation>die geschweiften Klammern passen nicht zusammen</translation>
    </message>
    <message>
      <source>its codec is not supported</source>
      <translation>ihr Codec wird nicht unterstützt</translation>
    </message>
    <message>
      <source>its contents are damaged</source>
      <translation>ihr Inhalt ist beschädigt</translation>
    </message>
    <message>
      <source>its contents are others</source>
      <translation>der Inhalt ist ein anderer</translation>
    </message>
    <message>
      <source>its disk cannot hold a file of this size</source>
      <translation>der Datenträger fasst keine Datei dieser Größe</translation>
    </message>
    <message>
      <source>its files are not those that the session was made with</source>
      <translation>seine Dateien sind nicht die, mit denen die Sitzung entstand</translation>
    </message>
    <message>
      <source>its files cannot be read</source>
      <translation>die Dateien sind nicht lesbar</translation>
    </message>
    <message>
      <source>its folder cannot be written</source>
      <translation>in ihren Ordner kann nicht geschrieben werden</translation>
    </message>
    <message>
      <source>its format changes after {amount:.2f} s, and the rest was left out</source>
      <translation>ihr Format wechselt nach {amount:.2f} s, der Rest wurde ausgelassen</translation>
    </message>
    <message>
      <source>its header contradicts its contents, which were used</source>
      <translation>ihr Kopf widerspricht ihrem Inhalt, der Inhalt gilt</translation>
    </message>
    <message>
      <source>its length in samples is {n} instead of {wanted}</source>
      <translation>ihre Länge in Abtastwerten ist {n} statt {wanted}</translation>
    </message>
    <message>
      <source>its networks compute values that are not numbers</source>
      <translation>die Netze berechnen Werte, die keine Zahlen sind</translation>
    </message>
    <message>
      <source>its number of channels changes on the way, and missing ones are silent</source>
      <translation>die Zahl ihrer Kanäle wechselt unterwegs, fehlende sind stumm</translation>
    </message>
    <message>
      <source>its process ended with code {ended}</source>
      <translation>der Prozess endete mit Code {ended}</translation>
    </message>
    <message>
      <source>its reference holds no samples</source>
      <translation>die Referenz enthält keinen Ton</translation>
    </message>
    <message>
      <source>its sample rate is out of range (1 to 768 kHz)</source>
      <translation>ihre Abtastrate liegt außerhalb von 1 bis 768 kHz</translation>
    </message>
    <message>
      <source>its sample rate is {n} Hz instead of {wanted} Hz</source>
      <translation>ihre Abtastrate ist {n} Hz statt {wanted} Hz</translation>
    </message>
    <message>
      <source>its samples are not those that were written</source>
      <translation>ihre Abtastwerte sind nicht die geschriebenen</translation>
    </message>
    <message>
      <source>its settings do not fit separator.json</source>
      <translation>die Einstellungen passen nicht zu separator.json</translation>
    </message>
    <message>
      <source>its sound ends at {edge:.1f} kHz</source>
      <translation>sein Klang endet bei {edge:.1f} kHz</translation>
    </message>
    <message>
      <source>its stems do not add up to its mixture ({rest:.0f} dB of it are left)</source>
      <translation>seine Stems ergeben nicht seine Mischung ({rest:.0f} dB davon bleiben übrig)</translation>
    </message>
    <message>
      <source>its weights are too large for a model ({size:.1f} GB)</source>
      <translation>seine Gewichte sind zu groß für ein Modell ({size:.1f} GB)</translation>
    </message>
    <message>
      <source>its {kind} and the reference of {first} differ in channels: {n} against {wanted}</source>
      <translation>Kanäle seiner {kind} und der Referenz von {first} unterscheiden sich: {n} gegen {wanted}</translation>
    </message>
    <message>
      <source>its {kind} and the reference of {first} differ in length: {n} against {wanted} samples</source>
      <translation>seine {kind} und die Referenz von {first} sind verschieden lang: {n} gegen {wanted} Abtastwerte</translation>
    </message>
    <message>
      <source>its {kind} holds samples that are not numbers ({n})</source>
      <translation>seine {kind} enthält Abtastwerte, die keine Zahlen sind ({n})</translation>
    </message>
    <message>
      <source>loading the model</source>
      <translation>Modell wird geladen</translation>
    </message>
    <message>
      <source>loop</source>
      <translation>Schleife</translation>
    </message>
    <message>
      <source>mask</source>
      <translation>Maske</translation>
    </message>
    <message>
      <source>memory ran out, so it works in smaller blocks or on the CPU</source>
      <translation>der Arbeitsspeicher reichte nicht, darum geht es in kleineren Blöcken oder auf der CPU weiter</translation>
    </message>
    <message>
      <source>mixer</source>
      <translation>Mischpult</translation>
    </message>
    <message>
      <source>mono</source>
      <translation>mono</translation>
    </message>
    <message>
      <source>mono or stereo can be written, not {n} channels</source>
      <translation>geschrieben wird Mono oder Stereo, nicht {n} Kanäle</translation>
    </message>
    <message>
      <source>most often that is for want of memory</source>
      <translation>meist fehlt es an Arbeitsspeicher</translation>
    </message>
    <message>
      <source>mute</source>
      <translation>Stumm</translation>
    </message>
    <message>
      <source>mute of {stem}</source>
      <translation>Stumm: {stem}</translation>
    </message>
    <message>
      <source>no audio file was found</source>
      <translation>es wurde keine Audiodatei gefunden</translation>
    </message>
    <message>
      <source>no folder in train holds “{name}”</source>
      <translation>kein Ordner in train enthält „{name}“</translation>
    </message>
    <message>
      <source>no model is installed</source>
      <translation>es ist kein Modell installiert</translation>
    </message>
    <message>
      <source>no sound</source>
      <translation>kein Ton</translation>
    </message>
    <message>
      <source>no sound device was found</source>
      <translation>es wurde kein Tongerät gefunden</translation>
    </message>
    <message>
      <source>no target is chosen</source>
      <translation>es ist kein Ziel gewählt</translation>
    </message>
    <message>
      <source>no {left_out}</source>
      <translation>ohne {left_out}</translation>
    </message>
    <message>
      <source>none of its folders holds {files}</source>
      <translation>keiner seiner Ordner enthält {files}</translation>
    </message>
    <message>
      <source>not stated</source>
      <translation>nicht angegeben</translation>
    </message>
    <message>
      <source>nothing was overwritten</source>
      <translation>es wurde nichts überschrieben</translation>
    </message>
    <message>
      <source>odd ones to the left, even ones to the right</source>
      <translation>ungerade nach links, gerade nach rechts</translation>
    </message>
    <message>
      <source>on another machine</source>
      <translation>auf einem anderen Rechner</translation>
    </message>
    <message>
      <source>one sample too early</source>
      <translation>einen Abtastwert zu früh</translation>
    </message>
    <message>
      <source>one sample too late</source>
      <translation>einen Abtastwert zu spät</translation>
    </message>
    <message>
      <source>only </source>
      <translation>nur </translation>
    </message>
    <message>
      <source>pan of {stem}</source>
      <translation>Panorama: {stem}</translation>
    </message>
    <message>
      <source>parameters are missing: {names}</source>
      <translation>es fehlen Parameter: {names}</translation>
    </message>
    <message>
      <source>paused</source>
      <translation>angehalten</translation>
    </message>
    <message>
      <source>reference</source>
      <translation>Referenz</translation>
    </message>
    <message>
      <source>removing a stretch</source>
      <translation>Entfernen eines Abschnitts</translation>
    </message>
    <message>
      <source>residual stem</source>
      <translation>Residuum-Stem</translation>
    </message>
    <message>
      <source>samples that are not numbers ({amount:.0f}) were made silent</source>
      <translation>Abtastwerte, die keine Zahlen sind ({amount:.0f}), wurden stumm gemacht</translation>
    </message>
    <message>
      <source>separating a stretch</source>
      <translation>Trennen eines Abschnitts</translation>
    </message>
    <message>
      <source>settings {name}</source>
      <translation>Einstellungen {name}</translation>
    </message>
    <message>
      <source>several settings</source>
      <translation>mehrere Einstellungen</translation>
    </message>
    <message>
      <source>silent</source>
      <translation>still</translation>
    </message>
    <message>
      <source>soft mask</source>
      <translation>weiche Maske</translation>
    </message>
    <message>
      <source>solo</source>
      <translation>Solo</translation>
    </message>
    <message>
      <source>solo of {stem}</source>
      <translation>Solo: {stem}</translation>
    </message>
    <message>
      <source>some of it is not on this computer</source>
      <translation>einiges davon liegt nicht auf diesem Rechner</translation>
    </message>
    <message>
      <source>spectrogram and the reference's</source>
      <translation>Spektrogramm und das der Referenz</translation>
    </message>
    <message>
      <source>spectrogram coloured by stem</source>
      <translation>Spektrogramm in den Farben der Stems</translation>
    </message>
    <message>
      <source>step {step} of {steps}</source>
      <translation>Schritt {step} von {steps}</translation>
    </message>
    <message>
      <source>stereo</source>
      <translation>stereo</translation>
    </message>
    <message>
      <source>sum check: {result}</source>
      <translation>Summenprobe: {result}</translation>
    </message>
    <message>
      <source>system libraries are missing: {join}</source>
      <translation>es fehlen Systembibliotheken: {join}</translation>
    </message>
    <message>
      <source>that is faster and worse, for the filter knows less of the mixture</source>
      <translation>das ist schneller und schlechter, denn der Filter weiß weniger von der Mischung</translation>
    </message>
    <message>
      <source>the certificate of {host} cannot be trusted</source>
      <translation>dem Zertifikat von {host} ist nicht zu trauen</translation>
    </message>
    <message>
      <source>the connection to {host} broke off</source>
      <translation>die Verbindung zu {host} brach ab</translation>
    </message>
    <message>
      <source>the decoding process does not start</source>
      <translation>der Dekodierprozess startet nicht</translation>
    </message>
    <message>
      <source>the file does not exist</source>
      <translation>die Datei existiert nicht</translation>
    </message>
    <message>
      <source>the file is damaged</source>
      <translation>die Datei ist beschädigt</translation>
    </message>
    <message>
      <source>the file is damaged or not a safetensors file</source>
      <translation>die Datei ist beschädigt oder keine safetensors-Datei</translation>
    </message>
    <message>
      <source>the file is kept as “{name}”</source>
      <translation>die Datei bleibt als „{name}“ erhalten</translation>
    </message>
    <message>
      <source>the folder is read-only</source>
      <translation>der Ordner ist schreibgeschützt</translation>
    </message>
    <message>
      <source>the library PortAudio is not installed</source>
      <translation>die Bibliothek PortAudio ist nicht installiert</translation>
    </message>
    <message>
      <source>the loss is not a number for a batch from {join}</source>
      <translation>der Verlust ist keine Zahl bei einem Stapel aus {join}</translation>
    </message>
    <message>
      <source>the memory of {device} ran out, so it works in smaller blocks</source>
      <translation>der Speicher von {device} reichte nicht, darum geht es in kleineren Blöcken weiter</translation>
    </message>
    <message>
      <source>the names within it are not all given</source>
      <translation>die Namen darin sind nicht alle angegeben</translation>
    </message>
    <message>
      <source>the number of its channels is {n} instead of {wanted}</source>
      <translation>die Zahl ihrer Kanäle ist {n} statt {wanted}</translation>
    </message>
    <message>
      <source>the number of its tracks is {n} instead of {wanted}</source>
      <translation>die Zahl ihrer Spuren ist {n} statt {wanted}</translation>
    </message>
    <message>
      <source>the process died</source>
      <translation>der Prozess ist abgestürzt</translation>
    </message>
    <message>
      <source>the record of its files cannot be read</source>
      <translation>die Aufzeichnung der Dateien kann nicht gelesen werden</translation>
    </message>
    <message>
      <source>the record of its files is missing</source>
      <translation>die Aufzeichnung der Dateien fehlt</translation>
    </message>
    <message>
      <source>the song has not been separated</source>
      <translation>der Song wurde noch nicht getrennt</translation>
    </message>
    <message>
      <source>the song is not wholly separated</source>
      <translation>der Song ist noch nicht ganz getrennt</translation>
    </message>
    <message>
      <source>the sound device could not be opened</source>
      <translation>das Tongerät konnte nicht geöffnet werden</translation>
    </message>
    <message>
      <source>the sound device was disconnected</source>
      <translation>das Tongerät wurde getrennt</translation>
    </message>
    <message>
      <source>the sound process ended unexpectedly</source>
      <translation>der Tonprozess endete unerwartet</translation>
    </message>
    <message>
      <source>there are too many files of these names already</source>
      <translation>es gibt schon zu viele Dateien dieses Namens</translation>
    </message>
    <message>
      <source>there is no record of its files to compare them with</source>
      <translation>es gibt keine Aufzeichnung, mit der die Dateien verglichen werden könnten</translation>
    </message>
    <message>
      <source>there is no reference</source>
      <translation>es gibt keine Referenz</translation>
    </message>
    <message>
      <source>there is no such folder; a dataset has the folders train and valid</source>
      <translation>diesen Ordner gibt es nicht; ein Datensatz hat die Ordner train und valid</translation>
    </message>
    <message>
      <source>there is no “{name}” among {known}</source>
      <translation>„{name}“ gibt es nicht unter {known}</translation>
    </message>
    <message>
      <source>they are kept from {age}</source>
      <translation>sie sind erhalten, Stand: {age}</translation>
    </message>
    <message>
      <source>they are longer than the song by up to {amount} s, and were cut</source>
      <translation>sie sind bis zu {amount} s länger als der Song und wurden gekürzt</translation>
    </message>
    <message>
      <source>they are shorter than the song by up to {amount} s, and end in silence</source>
      <translation>sie sind bis zu {amount} s kürzer als der Song und enden in Stille</translation>
    </message>
    <message>
      <source>they cannot change now</source>
      <translation>sie können sich jetzt nicht ändern</translation>
    </message>
    <message>
      <source>they have another number of channels, and were mixed to those of the song</source>
      <translation>sie haben eine andere Zahl von Kanälen und wurden auf die des Songs gemischt</translation>
    </message>
    <message>
      <source>they have {amount} Hz, and were converted</source>
      <translation>sie haben {amount} Hz und wurden umgewandelt</translation>
    </message>
    <message>
      <source>this command is for Linux desktops</source>
      <translation>dieser Befehl ist für Linux-Desktops</translation>
    </message>
    <message>
      <source>this model knows one channel only: it hears the mean of both, and its stems have no width</source>
      <translation>dieses Modell kennt nur einen Kanal: es hört das Mittel von beiden, und seine Stems haben keine Breite</translation>
    </message>
    <message>
      <source>train has no folder “{name}”</source>
      <translation>train hat keinen Ordner „{name}“</translation>
    </message>
    <message>
      <source>umx-gui did not end as it should</source>
      <translation>umx-gui wurde nicht ordnungsgemäß beendet</translation>
    </message>
    <message>
      <source>umx-gui separates music into its stems with Open-Unmix, a bidirectional LSTM network (Stöter, Uhlich, Liutkus and Mitsufuji, 2019), and multichannel Wiener filtering. It is under the MIT licence. Models have licences of their own, which their cards name; the demo song is in the public domain (CC0).</source>
      <translation>umx-gui trennt Musik in ihre Stems, mit Open-Unmix, einem bidirektionalen LSTM-Netz (Stöter, Uhlich, Liutkus und Mitsufuji, 2019), und mehrkanaligem Wiener-Filtern. Es steht unter der MIT-Lizenz. Modelle haben eigene Lizenzen, die ihre Karten nennen; der Demosong ist gemeinfrei (CC0).</translation>
    </message>
    <message>
      <source>use letters, digits, spaces, _ and -, 64 at most</source>
      <translation>erlaubt sind Buchstaben, Ziffern, Leerzeichen, _ und -, höchstens 64</translation>
    </message>
    <message>
      <source>version of a stretch</source>
      <translation>Fassung eines Abschnitts</translation>
    </message>
    <message>
      <source>volume of {stem}</source>
      <translation>Lautstärke: {stem}</translation>
    </message>
    <message>
      <source>waveform and spectrogram</source>
      <translation>Wellenform und Spektrogramm</translation>
    </message>
    <message>
      <source>waveform and the reference's</source>
      <translation>Wellenform und die der Referenz</translation>
    </message>
    <message>
      <source>what is queued here goes with this window</source>
      <translation>was hier wartet, verschwindet mit diesem Fenster</translation>
    </message>
    <message>
      <source>what was written of it is damaged</source>
      <translation>was davon geschrieben war, ist beschädigt</translation>
    </message>
    <message>
      <source>what {host} sent is not the published file</source>
      <translation>was {host} gesendet hat, ist nicht die veröffentlichte Datei</translation>
    </message>
    <message>
      <source>whole window</source>
      <translation>ganzes Fenster</translation>
    </message>
    <message>
      <source>window of the filter</source>
      <translation>Fenster des Filters</translation>
    </message>
    <message>
      <source>window {n}</source>
      <translation>Fenster {n}</translation>
    </message>
    <message>
      <source>with a residual</source>
      <translation>mit Residuum</translation>
    </message>
    <message>
      <source>writing failed</source>
      <translation>das Schreiben ist fehlgeschlagen</translation>
    </message>
    <message>
      <source>you may not read it</source>
      <translation>die Leserechte fehlen</translation>
    </message>
    <message>
      <source>{file_format} cannot hold the song's {sample_rate} Hz</source>
      <translation>{file_format} kann die {sample_rate} Hz des Songs nicht aufnehmen</translation>
    </message>
    <message>
      <source>{file} and other files ending in {ext}</source>
      <translation>{file} und andere Dateien, die auf {ext} enden</translation>
    </message>
    <message>
      <source>{file} has the SHA-256 {digest}</source>
      <translation>{file} hat den SHA-256 {digest}</translation>
    </message>
    <message>
      <source>{format} takes {least} to {most} kbit/s</source>
      <translation>{format} nimmt {least} bis {most} kbit/s</translation>
    </message>
    <message>
      <source>{host} answered with an error ({detail})</source>
      <translation>{host} antwortete mit einem Fehler ({detail})</translation>
    </message>
    <message>
      <source>{host} cannot be reached</source>
      <translation>{host} ist nicht erreichbar</translation>
    </message>
    <message>
      <source>{host} does not have it</source>
      <translation>{host} hat es nicht</translation>
    </message>
    <message>
      <source>{host} does not say how long it is</source>
      <translation>{host} nennt die Länge nicht</translation>
    </message>
    <message>
      <source>{host} leads to an address without https</source>
      <translation>{host} führt zu einer Adresse ohne https</translation>
    </message>
    <message>
      <source>{host} sends more than the model can be</source>
      <translation>{host} sendet mehr, als das Modell sein kann</translation>
    </message>
    <message>
      <source>{host} stopped sending</source>
      <translation>{host} sendet nicht mehr</translation>
    </message>
    <message>
      <source>{key} claims more values than the file holds</source>
      <translation>{key} gibt mehr Werte an, als die Datei enthält</translation>
    </message>
    <message>
      <source>{key} has the shape {found}, not {wanted}</source>
      <translation>{key} hat die Form {found}, nicht {wanted}</translation>
    </message>
    <message>
      <source>{key} holds numbers of another kind</source>
      <translation>{key} enthält Zahlen einer anderen Art</translation>
    </message>
    <message>
      <source>{key} holds values that are not numbers</source>
      <translation>{key} enthält Werte, die keine Zahlen sind</translation>
    </message>
    <message>
      <source>{key} is negative, which a variance never is</source>
      <translation>{key} ist negativ, was eine Varianz nie ist</translation>
    </message>
    <message>
      <source>{key} is no plain array of numbers</source>
      <translation>{key} ist kein einfaches Feld von Zahlen</translation>
    </message>
    <message>
      <source>{key} is {value}, not a number from {least} to {most}</source>
      <translation>{key} ist {value}, keine Zahl von {least} bis {most}</translation>
    </message>
    <message>
      <source>{left} of {n} left</source>
      <translation>noch {left} von {n}</translation>
    </message>
    <message>
      <source>{model} has no {target}, but {known}</source>
      <translation>{model} hat kein {target}, sondern {known}</translation>
    </message>
    <message>
      <source>{module} is missing or cannot be loaded</source>
      <translation>{module} fehlt oder kann nicht geladen werden</translation>
    </message>
    <message>
      <source>{n_channels} channels ({layout})</source>
      <translation>{n_channels} Kanäle ({layout})</translation>
    </message>
    <message>
      <source>{n_channels} channels of unknown places</source>
      <translation>{n_channels} Kanäle unbekannter Anordnung</translation>
    </message>
    <message>
      <source>{name} in it is a link or a device, not a file</source>
      <translation>{name} darin ist eine Verknüpfung oder ein Gerät, keine Datei</translation>
    </message>
    <message>
      <source>{name} in it would become suspiciously large</source>
      <translation>{name} darin würde verdächtig groß</translation>
    </message>
    <message>
      <source>{name} is not the file that was downloaded</source>
      <translation>{name} ist nicht die Datei, die heruntergeladen wurde</translation>
    </message>
    <message>
      <source>{name} is not the file that was imported</source>
      <translation>{name} ist nicht die Datei, die importiert wurde</translation>
    </message>
    <message>
      <source>{name} is not the file that was published under this name</source>
      <translation>{name} ist nicht die Datei, die unter diesem Namen veröffentlicht wurde</translation>
    </message>
    <message>
      <source>{name} level</source>
      <translation>Pegel: {name}</translation>
    </message>
    <message>
      <source>{name} level, clipped</source>
      <translation>Pegel: {name}, übersteuert</translation>
    </message>
    <message>
      <source>{name} pan</source>
      <translation>Panorama: {name}</translation>
    </message>
    <message>
      <source>{name} samples</source>
      <translation>{name} Abtastwerte</translation>
    </message>
    <message>
      <source>{name} volume</source>
      <translation>Lautstärke: {name}</translation>
    </message>
    <message>
      <source>{name}: {words}
Double-click for {neutral:g}</source>
      <translation>{name}: {words}
Doppelklick für {neutral:g}</translation>
    </message>
    <message>
      <source>{name}; right-click for more</source>
      <translation>{name}; mehr mit Rechtsklick</translation>
    </message>
    <message numerus="yes">
      <source>{n} EM iterations</source>
      <translation>
        <numerusform>{n} EM-Iteration</numerusform>
        <numerusform>{n} EM-Iterationen</numerusform>
      </translation>
    </message>
    <message>
      <source>{n} bit</source>
      <translation>{n} Bit</translation>
    </message>
    <message>
      <source>{n} channels</source>
      <translation>{n} Kanäle</translation>
    </message>
    <message>
      <source>{n} failed</source>
      <translation>{n} fehlgeschlagen</translation>
    </message>
    <message numerus="yes">
      <source>{n} files written to “{folder}”</source>
      <translation>
        <numerusform>{n} Datei in „{folder}“ geschrieben</numerusform>
        <numerusform>{n} Dateien in „{folder}“ geschrieben</numerusform>
      </translation>
    </message>
    <message>
      <source>{n} frames</source>
      <translation>{n} Frames</translation>
    </message>
    <message numerus="yes">
      <source>{n} gaps in the sound</source>
      <translation>
        <numerusform>{n} Lücke im Ton</numerusform>
        <numerusform>{n} Lücken im Ton</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} samples of {names} were clipped at full scale</source>
      <translation>
        <numerusform>{n} Abtastwert von {names} wurde bei Vollaussteuerung abgeschnitten</numerusform>
        <numerusform>{n} Abtastwerte von {names} wurden bei Vollaussteuerung abgeschnitten</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} samples of {names} were no numbers and became silence</source>
      <translation>
        <numerusform>{n} Abtastwert von {names} war keine Zahl und wurde zu Stille</numerusform>
        <numerusform>{n} Abtastwerte von {names} waren keine Zahlen und wurden zu Stille</numerusform>
      </translation>
    </message>
    <message>
      <source>{n} samples too early</source>
      <translation>{n} Abtastwerte zu früh</translation>
    </message>
    <message>
      <source>{n} samples too late</source>
      <translation>{n} Abtastwerte zu spät</translation>
    </message>
    <message numerus="yes">
      <source>{n} songs</source>
      <translation>
        <numerusform>{n} Song</numerusform>
        <numerusform>{n} Songs</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} songs of the queue were lost</source>
      <translation>
        <numerusform>{n} Song der Warteschlange ging verloren</numerusform>
        <numerusform>{n} Songs der Warteschlange gingen verloren</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} songs wait</source>
      <translation>
        <numerusform>{n} Song wartet</numerusform>
        <numerusform>{n} Songs warten</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} songs were added to the queue</source>
      <translation>
        <numerusform>{n} Song wurde zur Warteschlange hinzugefügt</numerusform>
        <numerusform>{n} Songs wurden zur Warteschlange hinzugefügt</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} tracks were read; all can be used</source>
      <translation>
        <numerusform>{n} Titel wurde gelesen; er ist brauchbar</numerusform>
        <numerusform>{n} Titel wurden gelesen; alle sind brauchbar</numerusform>
      </translation>
    </message>
    <message numerus="yes">
      <source>{n} tracks were read; {bad} of them cannot be used</source>
      <translation>
        <numerusform>{n} Titel wurde gelesen; er ist unbrauchbar</numerusform>
        <numerusform>{n} Titel wurden gelesen; unbrauchbar davon: {bad}</numerusform>
      </translation>
    </message>
    <message>
      <source>{others} and {last}</source>
      <translation>{others} und {last}</translation>
    </message>
    <message>
      <source>{sample_rate} · licence: {licence}</source>
      <translation>{sample_rate} · Lizenz: {licence}</translation>
    </message>
    <message>
      <source>{share} is there</source>
      <translation>{share} sind da</translation>
    </message>
    <message>
      <source>{shortest} is shorter than {longest}: {n_shortest} against {n_longest} samples</source>
      <translation>{shortest} ist kürzer als {longest}: {n_shortest} gegen {n_longest} Abtastwerte</translation>
    </message>
    <message>
      <source>{size} are free</source>
      <translation>{size} sind frei</translation>
    </message>
    <message>
      <source>{size} are needed, </source>
      <translation>{size} werden gebraucht, </translation>
    </message>
    <message>
      <source>{song} and {target} stand for the names of song and stem</source>
      <translation>{song} und {target} stehen für die Namen von Song und Stem</translation>
    </message>
    <message>
      <source>{speed:.1f}× real time</source>
      <translation>{speed:.1f}× Echtzeit</translation>
    </message>
    <message>
      <source>{stems} are at {rate} Hz, not {wanted} Hz</source>
      <translation>{stems} haben {rate} Hz, nicht {wanted} Hz</translation>
    </message>
    <message>
      <source>{stems} are mono</source>
      <translation>{stems} sind mono</translation>
    </message>
    <message>
      <source>{stems} are silent throughout</source>
      <translation>{stems} sind durchgehend still</translation>
    </message>
    <message>
      <source>{stems} has {n} channels, more than {most}</source>
      <translation>{stems} hat {n} Kanäle, mehr als {most}</translation>
    </message>
    <message>
      <source>{stems} have {n} channels, more than {most}</source>
      <translation>{stems} haben {n} Kanäle, mehr als {most}</translation>
    </message>
    <message>
      <source>{stems} is at {rate} Hz, not {wanted} Hz</source>
      <translation>{stems} hat {rate} Hz, nicht {wanted} Hz</translation>
    </message>
    <message>
      <source>{stems} is mono</source>
      <translation>{stems} ist mono</translation>
    </message>
    <message>
      <source>{stems} is silent throughout</source>
      <translation>{stems} ist durchgehend still</translation>
    </message>
    <message>
      <source>{stem} as a spectrogram</source>
      <translation>{stem} als Spektrogramm</translation>
    </message>
    <message>
      <source>{stem} cannot be read: {why}</source>
      <translation>{stem} kann nicht gelesen werden: {why}</translation>
    </message>
    <message>
      <source>{stem} holds samples that are not numbers ({n})</source>
      <translation>{stem} enthält Abtastwerte, die keine Zahlen sind ({n})</translation>
    </message>
    <message>
      <source>{stem} is clipped in one place</source>
      <translation>{stem} ist an einer Stelle übersteuert</translation>
    </message>
    <message>
      <source>{stem} is clipped in {n} places</source>
      <translation>{stem} ist an {n} Stellen übersteuert</translation>
    </message>
    <message>
      <source>{stem} lies {how} for the mixture</source>
      <translation>{stem} liegt {how} für die Mischung</translation>
    </message>
    <message>
      <source>{stem} strip</source>
      <translation>Kanalzug {stem}</translation>
    </message>
    <message>
      <source>{stem} training loss {train_loss:.4g}, validation loss {valid_loss:.4g}</source>
      <translation>{stem}: Trainingsverlust {train_loss:.4g}, Validierungsverlust {valid_loss:.4g}</translation>
    </message>
    <message>
      <source>{time} left</source>
      <translation>noch {time}</translation>
    </message>
    <message>
      <source>{track}: cannot be used: {why}</source>
      <translation>{track}: nicht brauchbar: {why}</translation>
    </message>
    <message>
      <source>{words}, double-click for 0 dB</source>
      <translation>{words}, Doppelklick für 0 dB</translation>
    </message>
    <message>
      <source>“{file}” could not be downloaded</source>
      <translation>„{file}“ konnte nicht heruntergeladen werden</translation>
    </message>
    <message>
      <source>“{name}” came out wrong</source>
      <translation>„{name}“ ist fehlerhaft herausgekommen</translation>
    </message>
    <message>
      <source>“{name}” cannot be opened</source>
      <translation>„{name}“ kann nicht geöffnet werden</translation>
    </message>
    <message>
      <source>“{name}” cannot be the name of a target</source>
      <translation>„{name}“ kann nicht der Name eines Ziels sein</translation>
    </message>
    <message>
      <source>“{name}” changed while it was read</source>
      <translation>„{name}“ änderte sich beim Lesen</translation>
    </message>
    <message>
      <source>“{name}” comes first</source>
      <translation>„{name}“ ist zuerst an der Reihe</translation>
    </message>
    <message>
      <source>“{name}” comes with the application or lies outside its models folder</source>
      <translation>„{name}“ gehört zum Programm oder liegt außerhalb seines Modellordners</translation>
    </message>
    <message>
      <source>“{name}” exists already</source>
      <translation>„{name}“ gibt es schon</translation>
    </message>
    <message>
      <source>“{name}” has no songs in it</source>
      <translation>In „{name}“ sind keine Songs</translation>
    </message>
    <message>
      <source>“{name}” holds a run already</source>
      <translation>„{name}“ enthält bereits einen Lauf</translation>
    </message>
    <message>
      <source>“{name}” holds nothing to compare with</source>
      <translation>„{name}“ enthält nichts zum Vergleichen</translation>
    </message>
    <message>
      <source>“{name}” holds reference stems</source>
      <translation>„{name}“ enthält Referenz-Stems</translation>
    </message>
    <message>
      <source>“{name}” is a file, not a folder</source>
      <translation>„{name}“ ist eine Datei, kein Ordner</translation>
    </message>
    <message>
      <source>“{name}” is among your models</source>
      <translation>„{name}“ ist jetzt unter den Modellen</translation>
    </message>
    <message>
      <source>“{name}” is being downloaded or imported already</source>
      <translation>„{name}“ wird bereits heruntergeladen oder importiert</translation>
    </message>
    <message>
      <source>“{name}” is being trained already</source>
      <translation>„{name}“ wird bereits trainiert</translation>
    </message>
    <message>
      <source>“{name}” is good</source>
      <translation>„{name}“ ist in Ordnung</translation>
    </message>
    <message>
      <source>“{name}” is imported</source>
      <translation>„{name}“ ist importiert</translation>
    </message>
    <message>
      <source>“{name}” is installed</source>
      <translation>„{name}“ ist installiert</translation>
    </message>
    <message>
      <source>“{name}” is no name of a stem: use letters, digits, space, _ and -</source>
      <translation>„{name}“ ist kein Name eines Stems: Buchstaben, Ziffern, Leerzeichen, _ und - verwenden</translation>
    </message>
    <message>
      <source>“{name}” is no name within it</source>
      <translation>„{name}“ ist kein Name darin</translation>
    </message>
    <message>
      <source>“{name}” is no training run</source>
      <translation>„{name}“ ist kein Trainingslauf</translation>
    </message>
    <message>
      <source>“{name}” is none of the stems written</source>
      <translation>„{name}“ ist keiner der geschriebenen Stems</translation>
    </message>
    <message>
      <source>“{name}” is none of {known}</source>
      <translation>„{name}“ ist keines von {known}</translation>
    </message>
    <message>
      <source>“{name}” is not quite sound</source>
      <translation>„{name}“ ist nicht ganz in Ordnung</translation>
    </message>
    <message>
      <source>“{name}” is not the song “{wanted}” of this session</source>
      <translation>„{name}“ ist nicht der Song „{wanted}“ dieser Sitzung</translation>
    </message>
    <message>
      <source>“{name}” is only {seconds:.2f} s long</source>
      <translation>„{name}“ ist nur {seconds:.2f} s lang</translation>
    </message>
    <message>
      <source>“{name}” is under {licence}</source>
      <translation>„{name}“ steht unter {licence}</translation>
    </message>
    <message>
      <source>“{name}” is used from now on</source>
      <translation>Von jetzt an gilt „{name}“</translation>
    </message>
    <message>
      <source>“{name}” loads</source>
      <translation>„{name}“ lädt</translation>
    </message>
    <message>
      <source>“{name}” must name one or more stems, each once</source>
      <translation>„{name}“ muss einen oder mehr Stems nennen, jeden einmal</translation>
    </message>
    <message>
      <source>“{name}” was not published</source>
      <translation>„{name}“ wurde nicht veröffentlicht</translation>
    </message>
    <message>
      <source>“{name}” was open, and is kept as it was {age}</source>
      <translation>„{name}“ war offen und ist erhalten, Stand: {age}</translation>
    </message>
  </context>
</TS>
