# Deutsch. Die Wörter von Bitrix24, wo es welche hat; Anrede „Sie“. Dieselben Schlüssel wie in en.ftl.

## Around every page
product = Handback
nav = Bereiche
nav-queue = Wird kontrolliert
nav-settings = Einstellungen
nav-actions = Meine Aktionen
quote = Wenn Sie um Hilfe bitten, geben Sie diese Kennung an: { $x }
script-offline = Keine Verbindung. Es ist nicht bekannt, ob die Aktion ausgeführt wurde; bitte sehen Sie in der Liste nach, bevor Sie es erneut versuchen.
script-failed = Das hat nicht funktioniert. Möglicherweise wurde nichts geändert; bitte sehen Sie sich die Aufgabe an und versuchen Sie es erneut.

## The list
queue = Wird kontrolliert
queue-title = { $n ->
    [0] Keine Aufgaben warten auf Ihre Kontrolle
    [one] { $n } Aufgabe wartet auf Ihre Kontrolle
   *[other] { $n } Aufgaben warten auf Ihre Kontrolle
}
live-slow = { $n ->
    [one] Eine so lange Liste folgt Bitrix24 spätestens nach { $n } Sekunde.
   *[other] Eine so lange Liste folgt Bitrix24 spätestens nach { $n } Sekunden.
}
queue-more = { $n ->
    [0] Weitere Aufgaben werden geladen.
    [one] { $n } weitere Aufgabe wird geladen.
   *[other] { $n } weitere Aufgaben werden geladen.
}
queue-cut = Von den Aufgaben anderer werden nur die { $n } ältesten durchgesehen.
queue-cut-mine = Von Ihren Aufgaben werden nur die { $n } ältesten gezeigt.
queue-all = Alle anzeigen
queue-further = Mehr anzeigen
part-leave = Alles anzeigen, was auf Ihre Kontrolle wartet
tabs = Listen
tab-mine = Meine
unsettled = Benötigt Ihre Aufmerksamkeit
pick = Aufgaben auswählen, um gemeinsam über sie zu entscheiden
pick-all = Alle angezeigten auswählen
picked = Ausgewählt: { $x }
tab-also = Weitere für mich
empty-mine = Alles erledigt. Wenn jemand eine Ihrer Aufgaben zur Kontrolle einreicht, erscheint sie hier.
empty-also = Keine weiteren Aufgaben warten auf eine Entscheidung, die Sie treffen dürfen.

## How the list is looked at
view = Filtern und gruppieren
view-text = Nach Wörtern filtern
view-group = Gruppieren nach
view-projects = Alle Projekte
view-assignees = Alle verantwortlichen Personen
view-overdue = Überfällig
view-unchanged = Zurück ohne neue Statuszusammenfassung
view-snoozed = Zurückgestellt
view-show = Anzeigen
view-reset = Alles anzeigen
view-filters = Filter
view-active = { $n ->
    [one] { $n } gesetzt
   *[other] { $n } gesetzt
}
group-none = Nicht gruppiert
group-project = Nach Projekt
group-assignee = Nach verantwortlicher Person
group-age = Nach Wartezeit
no-project = Kein Projekt
no-assignee = Keine verantwortliche Person
age-late = Wartet länger als 3 Tage
age-waiting = Wartet 1 bis 3 Tage
age-fresh = Wartet weniger als einen Tag
age-unknown = Wartezeit unbekannt
empty-filtered = Keine Aufgabe passt dazu.
review-late = Kontrolle verspätet seit
snooze = Zurückstellen
snooze-open = Zurückstellen…
snooze-how = Bis wann? Die Aufgabe selbst bleibt, wie sie ist.
snooze-hour = Für eine Stunde
snooze-evening = Bis heute Abend
snooze-morning = Bis morgen früh
snooze-monday = Bis Montag
snooze-acts = Bis die verantwortliche Person etwas tut
snooze-day = Bis
snoozed-until = Zurückgestellt bis { $x }
snoozed-acts = Zurückgestellt, bis die verantwortliche Person etwas tut
wake = Wieder aufnehmen
woken = Sie ist wieder in Ihrer Liste.

## One task
assignee = Verantwortliche Person
creator = Aufgabenbesitzer
project = Projekt
deadline = Frist
overdue = überfällig
handed-in = Zur Kontrolle eingereicht
checklist = Checkliste
checklist-progress = { $n } von { $of } erledigt
description = Beschreibung
open-card = In Bitrix24 öffnen
back = Zurück zur Liste
task-number = Aufgabe { $x }
age-minutes = { $n } Min.
age-hours = { $n ->
    [one] { $n } Std.
   *[other] { $n } Std.
}
age-days = { $n ->
    [one] { $n } Tag
   *[other] { $n } Tage
}
band-fresh = neu
band-waiting = wartet
band-late = lange
status-pending = Anstehend
status-in-progress = In Arbeit
status-review = Wird kontrolliert
status-completed = Abgeschlossen
status-deferred = Verschoben
status-declined = Abgelehnt
status-unknown = Unbekannter Status
control-not-allowed = Über diese Aufgabe dürfen Sie nicht entscheiden: Bitrix24 gibt Ihnen nicht das Recht, sie zu akzeptieren oder zurückzugeben.
control-unknown = Ihr Recht, über diese Aufgabe zu entscheiden, konnte nicht geprüft werden. Es wird erneut abgefragt, wenn Sie die Aufgabe oder die Liste öffnen.
control-not-waiting = Diese Aufgabe wartet nicht auf Kontrolle.

result = Neueste Statuszusammenfassung
result-none = Es wurde keine Statuszusammenfassung abgegeben.
results-earlier = { $n ->
    [one] { $n } frühere
   *[other] { $n } frühere
}
files = { $n ->
    [one] { $n } Datei
   *[other] { $n } Dateien
}
attached = Dateien der Aufgabe
point-done = Erledigt
point-open = Offen
returned-times = { $n ->
    [one] { $n } Rückgabe
   *[other] { $n } Rückgaben
}
returns = Bisherige Rückgaben
since-yours = Seit Ihrer Rückgabe am { $x }
since-last = Seit der letzten Rückgabe am { $x }
since-no-result = Keine neue Statuszusammenfassung
since-results = { $n ->
    [one] { $n } neue Statuszusammenfassung
   *[other] { $n } neue Statuszusammenfassungen
}
since-files = { $n ->
    [one] { $n } Änderung der Dateien
   *[other] { $n } Änderungen der Dateien
}
since-messages = { $n ->
    [one] { $n } Nachricht
   *[other] { $n } Nachrichten
}
no-deadline = keine Frist
time-spent = Aufgewendete Zeit
time = { $h } Std. { $m } Min.
time-of = { $x } von { $of }
time-over = mehr als geplant
look = Die gewählte Aufgabe

## Tasten
keys = Tasten
keys-open = Tasten
keys-hint = Sie lassen sich unter Einstellungen, Meine Einstellungen, abschalten.
keys-hint-off = Sie sind abgeschaltet, unter Einstellungen, Meine Einstellungen.
close = Schließen
key-next = Nächste Aufgabe
key-previous = Vorherige Aufgabe
key-accept = Akzeptieren
key-return = Zurück zur Nachbesserung
key-reason = Mit diesem fertigen Grund zurück; die Eingabetaste sendet
key-words = Mit eigenen Worten zurück
key-pick = Aufgabe auswählen, um mehrere zusammen zu entscheiden
key-snooze = Zurückstellen
key-open = In Bitrix24 öffnen
key-undo = Letzte Entscheidung rückgängig machen
key-filter = Liste filtern
key-help = Diese Tasten

## Deciding
approve = Akzeptieren
return = Zurück zur Nachbesserung
return-open = Zurück zur Nachbesserung…
reason = Grund für die verantwortliche Person
ready-reasons = Gespeicherte Gründe: Drücken Sie 1 bis 9, solange das Feld leer ist
ready-result_missing = Das Ergebnis fehlt.
ready-not_as_asked = Das entspricht nicht der Aufgabenstellung.
ready-checklist_open = In der Checkliste sind noch Punkte offen.
ready-mistakes = Es gibt Fehler, die korrigiert werden müssen.
undo = Rückgängig
undo-all = Alle rückgängig machen
undo-over = Die Zeit zum Rückgängigmachen ist abgelaufen
undo-late = Zum Rückgängigmachen war es zu spät.
undone = { $n ->
    [0] Es wurde nichts rückgängig gemacht.
    [one] { $n } Entscheidung rückgängig gemacht.
   *[other] { $n } Entscheidungen rückgängig gemacht.
}
undone-late = { $n ->
    [one] Bei { $n } war es zu spät.
   *[other] Bei { $n } war es zu spät.
}
mark = Bewertung
mark-none = Keine Bewertung
mark-positive = Positiv
mark-negative = Negativ
points-wrong = Noch nicht in Ordnung: Diese Punkte werden wieder geöffnet
deadline-new = Neue Frist
deadline-same = Wie bisher
deadline-days = { $n ->
    [one] { $n } Tag mehr
   *[other] { $n } Tage mehr
}
deadline-date = oder am
followup-moves = Checkliste, Frist oder Bewertung werden geändert
followup-items-missed = { $n ->
    [one] { $n } Punkt konnte nicht wieder geöffnet werden
   *[other] { $n } Punkte konnten nicht wieder geöffnet werden
}
followup-deadline-missed = Die Frist konnte nicht geändert werden
followup-mark-missed = Die Bewertung konnte nicht vergeben werden

## Many tasks in one go
bulk-return-open = Zurück zur Nachbesserung…
bulk-approve-open = Akzeptieren…
choose-return = { $n ->
    [one] { $n } Aufgabe zur Nachbesserung zurückgeben
   *[other] { $n } Aufgaben zur Nachbesserung zurückgeben
}
choose-approve = { $n ->
    [one] { $n } Aufgabe akzeptieren
   *[other] { $n } Aufgaben akzeptieren
}
bulk-reason = Gemeinsamer Grund für alle
bulk-each = Ein eigener Grund für einzelne Aufgaben
bulk-deadline = Neue Frist für alle
bulk-deadline-hint = Sie wird gesetzt, wo Bitrix24 Ihnen das Ändern erlaubt.
bulk-least = { $n ->
    [one] Ein Grund ist erforderlich.
   *[other] Der Grund muss mindestens { $n } Zeichen haben.
}
bulk-least-some = { $n ->
    [one] In manchen Projekten ist ein Grund erforderlich.
   *[other] In manchen Projekten muss der Grund mindestens { $n } Zeichen haben.
}
bulk-chosen = Ausgewählte Aufgaben
bulk-return = { $n ->
    [one] { $n } Aufgabe wird zur Nachbesserung zurückgegeben
   *[other] { $n } Aufgaben werden zur Nachbesserung zurückgegeben
}
bulk-approve = { $n ->
    [one] { $n } Aufgabe wird akzeptiert
   *[other] { $n } Aufgaben werden akzeptiert
}
bulk-progress = { $n } von { $of } entschieden
bulk-last = Mehrere Aufgaben auf einmal: { $n } von { $of } entschieden
bulk-see = Ergebnis ansehen
bulk-see-open = Fortschritt ansehen
bulk-done-return = { $n } zur Nachbesserung zurückgegeben
bulk-done-approve = { $n } akzeptiert
bulk-held = { $n } noch nicht gesendet: kann rückgängig gemacht werden
bulk-sending = { $n } in Übertragung
bulk-unknown = { $n } in Prüfung bei Bitrix24
bulk-refused = { $n } nicht ausgeführt
bulk-skipped = { $n } übersprungen: wird bereits entschieden
bulk-not-run = { $n } nicht durchgekommen
bulk-needs-person = { $n } nicht bestätigt: bitte nachsehen
bulk-cancelled = { $n } rückgängig gemacht
bulk-untold = { $n ->
    [one] { $n } Grund ist nicht sicher angekommen
   *[other] { $n } Gründe sind nicht sicher angekommen
}
bulk-retry = { $n ->
    [one] { $n } Aufgabe erneut versuchen
   *[other] { $n } Aufgaben erneut versuchen
}
held-all = Wird in { $x } s gesendet
refresh = Aktualisieren

## What became of a decision
held-return = Wird in { $x } s zurückgegeben
held-approve = Wird in { $x } s akzeptiert
sending-return = Wird zurückgegeben…
sending-approve = Wird akzeptiert…
done-return = Zur Nachbesserung zurückgegeben
done-approve = Akzeptiert
unknown = Es wird bei Bitrix24 geprüft, ob die Entscheidung angekommen ist
needs-person = Bitrix24 hat nicht bestätigt. Öffnen Sie die Aufgabe, um ihren Status zu sehen.
cancelled = Rückgängig gemacht
reason-sending = Der Grund wird zugestellt
reason-delivered = Grund zugestellt
reason-failed = Grund nicht zugestellt
reason-unknown = Grund: Zustellung nicht bestätigt
reason-again = Grund erneut senden
reason-looked = Ich habe in der Diskussion der Aufgabe nachgesehen: Der Grund steht dort nicht
message-sending = Die Nachricht wird zugestellt
message-delivered = Nachricht zugestellt
message-failed = Nachricht nicht zugestellt
message-unknown = Nachricht: Zustellung nicht bestätigt
message-again = Nachricht erneut senden
message-looked = Ich habe in der Diskussion der Aufgabe nachgesehen: Die Nachricht steht dort nicht
refused-not-allowed = Nicht ausgeführt: Bitrix24 gibt Ihnen nicht das Recht, über diese Aufgabe zu entscheiden.
refused-being-returned = Übersprungen: Sie wird bereits zur Nachbesserung zurückgegeben.
refused-being-accepted = Übersprungen: Sie wird bereits akzeptiert.
refused-task-changed = Nicht ausgeführt: Die Aufgabe hat sich geändert, seit Sie sie gesehen haben. Sehen Sie sie sich noch einmal an, bevor Sie entscheiden.
refused-already-returned = Nicht ausgeführt: bereits zur Nachbesserung zurückgegeben.
refused-already-accepted = Nicht ausgeführt: bereits akzeptiert.
now-you = Von Ihnen, in einem anderen Fenster oder gerade eben.
now-named = Von { $name }.
now-someone = Von einer anderen Person.
other-you = Von Ihnen, { $at }.
other-named = Von { $name }, { $at }.
other-someone = Von einer anderen Person, { $at }.
refused-not-available = Nicht ausgeführt: Die Aufgabe wurde gelöscht oder ist für Sie nicht mehr sichtbar.
refused-sign-in-again = Nicht ausgeführt: Bitte schließen Sie Handback, öffnen Sie es in Bitrix24 neu und wiederholen Sie die Aktion.
refused-portal-closed = Nicht ausgeführt: Bitrix24 lässt Handback zurzeit nicht zu. Ihr Administrator kann sehen, warum.
refused-portal-deleted = Nicht ausgeführt: Dieses Bitrix24 gibt es nicht mehr. Das Portal wurde geschlossen oder gelöscht.
refused-unpaid = Nicht ausgeführt: Das Bitrix24-Abonnement ist abgelaufen. Sobald es verlängert ist, können Sie wieder entscheiden.
refused-no-app-right = Nicht ausgeführt: Diese Anwendung wurde Ihnen nicht freigegeben. Bitten Sie Ihren Administrator um Zugriff auf Handback.
refused-access-closed = Nicht ausgeführt: Ihr Tarif lässt keine Anwendungen zu. Ihr Administrator sieht in Bitrix24, welcher Tarif das tut.
not-run-unreachable = Nicht ausgeführt: Bitrix24 war nicht erreichbar. Es wurde nichts geändert; Sie können es erneut versuchen.
not-run-limited = Nicht ausgeführt: Bitrix24 bittet um weniger Anfragen. Es wurde nichts geändert; versuchen Sie es in einer Minute erneut.
not-run-no-trace = Nicht ausgeführt: Die Anfrage ist nicht angekommen. Es wurde nichts geändert; Sie können es erneut versuchen.
not-run-rejected = Nicht ausgeführt: Bitrix24 hat abgelehnt. Es wurde nichts geändert.

## Installation
install = Handback wird installiert
install-done = Alles ist bereit. Handback öffnet sich gleich.
install-failed = Es fehlt noch etwas. Nichts ist verloren: Wiederholen Sie die fehlenden Schritte.
install-noscript = In Ihrem Browser sind Skripte ausgeschaltet. Bitrix24 braucht sie, um die Installation abzuschließen: Erlauben Sie Skripte für diese Seite und öffnen Sie sie erneut.
retry = Erneut versuchen
step-identity = Bitrix24 hat Ihr Portal und Sie als dessen Administrator bestätigt
step-stored = Der Zugriff ist verschlüsselt gespeichert
step-scopes = Die Zugriffsrechte sind erteilt
step-methods = Ihr Portal bietet, was eine Entscheidung braucht
step-events = Bitrix24 meldet Handback Änderungen
step-done = Fertig
step-not-offered = Auf diesem Portal nicht vorhanden
step-failed = Fehlgeschlagen
step-why-missing = Noch nicht vorhanden.
step-why-limited = Bitrix24 bittet um weniger Anfragen. Warten Sie eine Minute.
step-why-unreachable = Bitrix24 war nicht erreichbar.
step-why-not-allowed = Bitrix24 erlaubt es nicht: Ihr Tarif oder Ihre Rechte reichen nicht aus.
step-why-sign-in-again = Bitrix24 nimmt den Zugriff nicht mehr an: Schließen Sie diese Seite und öffnen Sie Handback neu.
step-why-refused = Bitrix24 hat es abgelehnt.
step-why-internal = Bei uns ist ein Fehler aufgetreten. Er wurde aufgezeichnet.
place-LEFT_MENU = Punkt im Hauptmenü
place-TASK_LIST_CONTEXT_MENU = Zeilenmenü in der Aufgabenliste
place-TASK_VIEW_TAB = Registerkarte in der Aufgabe
place-TASK_USER_LIST_TOOLBAR = Symbolleiste über den Aufgaben einer Person
place-TASK_GROUP_LIST_TOOLBAR = Symbolleiste über den Aufgaben eines Projekts
place-REST_APP_URI = Links aus Benachrichtigungen zu einer Aufgabe

## Settings
settings = Einstellungen
settings-address = Portal
settings-version = Installierte Version
settings-installed = Installiert am
settings-scopes = Zugriffsrechte
scope-task = Aufgaben lesen, zurückgeben und akzeptieren
scope-placement = Plätze auf den Seiten von Bitrix24
scope-im = Nachrichten aus dem Chat der Aufgabe seit der Rückgabe und Benachrichtigungen über Rückgaben
scope-tasks = Der Grund im Chat der neuen Aufgabenansicht
scope-user_brief = Namen von Personen
scope-pull = Sofortige Aktualisierung
scope-unused = Von Handback nicht verwendet
scope-is-granted = Erteilt
scope-is-missing = Fehlt
scope-is-spare = Erteilt, nicht benötigt
presence-present = Vorhanden
presence-missing = Fehlt
presence-not-offered = Auf diesem Portal nicht vorhanden
presence-unknown = Konnte nicht geprüft werden
event-ONAPPINSTALL = Die Anwendung wurde installiert
event-ONAPPUPDATE = Die Anwendung wurde aktualisiert
event-ONAPPUNINSTALL = Die Anwendung wurde entfernt
event-ONAPPPAYMENT = Die Zahlung für die Anwendung hat sich geändert
event-ONTASKADD = Eine Aufgabe wurde erstellt
event-ONTASKUPDATE = Eine Aufgabe wurde geändert
event-ONTASKDELETE = Eine Aufgabe wurde gelöscht
event-ONTASKCOMMENTADD = Eine Aufgabe wurde kommentiert
settings-mine = Meine Einstellungen
settings-of-portal = Für alle
settings-saved = Gespeichert.
settings-no-days = Wählen Sie mindestens einen Arbeitstag. Es wurde nichts geändert.
settings-no-hours = Die Arbeit muss mindestens eine Stunde nach ihrem Beginn enden, am selben Tag. Es wurde nichts geändert.
settings-no-number = Schreiben Sie, wie viele Zeichen es sein müssen: von 2 bis 500. Es wurde nichts geändert.
settings-cleared = Es gilt wieder der übergeordnete Wert.
settings-projects = Projekte mit eigenen Einstellungen
settings-projects-lead = Was für ein Projekt eingestellt ist, geht dem vor, was für alle gilt.
settings-of-project-open = Für dieses Projekt etwas einstellen
project-number = Projekt { $x }
save = Speichern
back-without = Zurück, ohne zu speichern
from-builtin = Vorgabe
from-portal = vom Portal
from-project = vom Projekt
from-person = Ihre eigene Einstellung
setting-clear = Zurück zu „{ $x }“ ({ $from })
setting-reason_policy = Grund für eine Rückgabe
    .hint = Ob eine Aufgabe ohne Worte zurückgehen darf. Es gilt für alle und wird bei jeder Rückgabe geprüft.
setting-return_notice = Wie eine Rückgabe mitgeteilt wird
    .hint = Die verantwortliche Person findet den Grund im Chat oder in den Kommentaren der Aufgabe. Eine Benachrichtigung bringt ihn auch unter die Glocke: höchstens 10 am Tag je Person, und jede kann sie abschalten. Es gilt, was das Portal oder das Projekt sagt.
setting-return_bell = Benachrichtigungen über meine zurückgegebenen Aufgaben
    .hint = Wo Rückgaben mit einer Benachrichtigung mitgeteilt werden, kommt der Grund unter die Glocke von Bitrix24. Aus: er steht nur in der Aufgabe.
setting-keys = Tasten mit einem Buchstaben
    .hint = J, K, A, R und die anderen. Aus: sie tun nichts, auch beim Diktieren nicht; Pfeiltasten, Tab und Enter gehen weiter.
setting-needs-im = Das Zugriffsrecht „im“ ist nicht erteilt: niemand bekommt eine Benachrichtigung.
notice-chat = Nur im Chat der Aufgabe
notice-bell = Im Chat der Aufgabe und mit einer Benachrichtigung
switch-on = Ein
switch-off = Aus
setting-review_hours = Kontrolle fällig nach
    .hint = Arbeitsstunden ab der Einreichung. Dauert eine Kontrolle länger, wird sie für die Person, die entscheidet, als verspätet gekennzeichnet. 0: nie.
setting-work_days = Arbeitstage
    .hint = An welchen Tagen die Stunden bis zur Fälligkeit einer Kontrolle gezählt werden.
setting-work_hours = Arbeitszeit
    .hint = Von wann bis wann, in der Zeitzone des Portals.
setting-language = Sprache des Portals
    .hint = In ihr werden gespeicherte Gründe gezeigt, die nicht übersetzt sind.
policy-optional = Nicht nötig
policy-required = Erforderlich
policy-least-open = Erforderlich, mit Mindestlänge
policy-least = { $n ->
    [one] Mindestens { $n } Zeichen
   *[other] Mindestens { $n } Zeichen
}
policy-characters = Zeichen mindestens
hours-none = Nie
hours-working = { $n ->
    [one] { $n } Arbeitsstunde
   *[other] { $n } Arbeitsstunden
}
hours-from = Von
hours-to = Bis
day-1 = Mo
day-2 = Di
day-3 = Mi
day-4 = Do
day-5 = Fr
day-6 = Sa
day-7 = So
delegates = Wer das ändern darf
delegates-lead = Administratoren des Portals und die Personen, die sie hier benennen.
delegate-name = Diese Person benennen
delegate-remove = Entfernen
delegate-removed = Diese Person darf diese Einstellungen nicht mehr ändern.
delegates-full = Es sind so viele Personen benannt, wie möglich ist. Entfernen Sie zuerst jemanden.

## Settings as a file
file = Einstellungen als Datei
file-lead = Was für alle und für Projekte eingestellt ist, und die gespeicherten Gründe für alle, als eine Datei (JSON): zum Aufbewahren, oder um sie in ein anderes Bitrix24 zu übernehmen. Personen und ihre eigenen Einstellungen stehen nicht darin.
file-text = Text einer Einstellungsdatei
file-choose = Datei auswählen…
file-look = Zeigen, was sich ändern würde
file-refused = Geändert wurde nichts. Berichtigen Sie den Text, oder wählen Sie eine andere Datei.
file-problem-large = Der Text hat mehr als { $n } KiB.
file-problem-json = Das ist kein JSON: Zeile { $n } ist nicht lesbar.
file-problem-ours = Das ist keine Datei mit Einstellungen von Handback.
file-problem-version = Handback kennt die Version „{ $x }“ dieser Datei nicht.
file-problem-shape = Etwas fehlt oder ist von anderer Art: { $x }
file-problem-level = „{ $x }“ ist weder die Ebene „portal“ noch die Ebene „project“ mit der Nummer eines Projekts.
file-problem-setting = Handback kennt die Einstellung „{ $x }“ nicht.
file-problem-place = „{ $x }“ lässt sich auf dieser Ebene nicht einstellen.
file-problem-value = „{ $x }“ ist kein Wert für „{ $name }“.
file-problem-twice = „{ $x }“ steht mehr als einmal in der Datei.
file-problem-language = Handback kennt die Sprache „{ $x }“ nicht.
file-problem-ready = „{ $x }“ ist nicht der Grund, der diese Kennung hat.
file-problem-reason = Gespeicherter Grund { $x }: { $why }
file-problem-owned = Der gespeicherte Grund { $x } gehört in die eigene Liste einer Person.
file-problem-many = Das sind mehr gespeicherte Gründe, als eine Liste fasst: { $n } können angeboten und mit den archivierten zehnmal so viele aufbewahrt werden.
take-over = Übernehmen
take-over-lead = Noch wurde nichts geändert. Was nicht in der Datei steht, bleibt, wie es ist.
take-over-nothing = Nichts würde sich ändern: Was in der Datei steht, ist schon so oder wird ausgelassen.
take-over-now = Jetzt: { $x } ({ $from })
take-over-then = Dann: { $x } ({ $from })
take-over-new = { $n ->
    [one] { $n } neuer gespeicherter Grund
   *[other] { $n } neue gespeicherte Gründe
}
take-over-changed = { $n ->
    [one] { $n } gespeicherter Grund ändert sich
   *[other] { $n } gespeicherte Gründe ändern sich
}
take-over-left = Ausgelassen, weil die Datei aus einem anderen Bitrix24 kommt, dessen Projekte andere Nummern haben:
take-over-left-settings = { $n ->
    [one] { $n } Einstellung eines Projekts
   *[other] { $n } Einstellungen von Projekten
}
take-over-left-reasons = { $n ->
    [one] { $n } gespeicherter Grund für einzelne Projekte
   *[other] { $n } gespeicherte Gründe für einzelne Projekte
}
take-over-not = Zurück, ohne zu übernehmen
take-over-done = Einstellungen übernommen.

## Saved reasons
saved-portal = Gespeicherte Gründe für alle
saved-portal-lead = Die ersten neun haben im Rückgabeformular eine Taste. Eine Änderung gilt für neue Rückgaben; was gesendet ist, bleibt, wie es war.
saved-mine = Meine gespeicherten Gründe
saved-mine-lead = Sie stehen hinter denen für alle. Hier sieht sie niemand sonst; ein Administrator kann sie mit Ihren Daten herunterladen.
saved-none = Es sind keine Gründe gespeichert.
saved-none-mine = Sie haben noch keine gespeichert.
saved-new = Neuer gespeicherter Grund
saved-change = Gespeicherter Grund
saved-add = Grund hinzufügen
saved-edit = Ändern
saved-up = Nach oben
saved-down = Nach unten
saved-archive = Archivieren
saved-restore = Wieder anbieten
saved-is-archived = Archiviert. Er wird nicht mehr angeboten; frühere Rückgaben behalten ihn.
saved-archived = { $n ->
    [one] { $n } archivierter Grund
   *[other] { $n } archivierte Gründe
}
saved-projects = { $n ->
    [one] nur in { $n } Projekt
   *[other] nur in { $n } Projekten
}
saved-places = Diese Platzhalter werden für jede Aufgabe ausgefüllt: { $x }
saved-translations = Übersetzungen
saved-only-in = Nur in diesen Projekten
saved-only-in-lead = Ohne Auswahl wird er überall angeboten.
saved-problem-missing = Schreiben Sie den Text in mindestens einer Sprache.
saved-problem-long = Höchstens 500 Zeichen sind möglich.
saved-problem-variable = In geschweiften Klammern steht ein Platzhalter, den niemand ausfüllt.
saved-problem-many = Diese Liste ist voll. Archivieren Sie zuerst einen Grund.

## Health: how the installation does
health = Installation
health-well = Alles, was Handback braucht, ist da.
health-ill = { $n ->
    [one] { $n } Punkt ist nicht, wie er sein soll.
   *[other] { $n } Punkte sind nicht, wie sie sein sollen.
}
health-lacks = Was hier nicht geht, und warum
health-grave = Zu beheben
health-mild = Gut zu wissen
health-unpaid = Das Abonnement oder der Testzeitraum der Anwendung ist abgelaufen
    .do = Bis zur Zahlung öffnet sich die Anwendung nicht. Gelöscht wird dabei nichts.
health-access_closed = Der Tarif dieses Bitrix24 lässt keine Anwendungen zu
    .do = Handback geht von selbst wieder, sobald der Tarif Anwendungen erlaubt.
health-leaving = Bitrix24 meldet, dass Handback entfernt wird
    .do = Das wird gerade beim Autorisierungsserver geprüft. Stimmt es nicht, ist nichts zu tun.
health-unasked = Bitrix24 konnte gerade nicht gefragt werden
health-permission = Das Zugriffsrecht „{ $x }“ fehlt
    .do = { $x }: das geht nicht. Installieren Sie die Anwendung erneut; Bitrix24 fragt dann nach dem Recht.
health-useful = Das Zugriffsrecht „{ $x }“ ist nicht erteilt
    .do = { $x }: das entfällt, alles andere geht.
health-method = Dieses Bitrix24 kennt { $x } nicht
    .do = { $x }: das geht hier nicht.
health-handlers = { $n ->
    [one] { $n } Ereignis oder Platz führt nicht dorthin, wohin es soll
   *[other] { $n } Ereignisse oder Plätze führen nicht dorthin, wohin sie sollen
}
health-handlers-do = Der Knopf „Ereignisse und Plätze in Ordnung bringen“ unten behebt das.
health-installer = Der Zugriff, der die Installation in Ordnung hält, gilt nicht mehr
    .do = Entscheidungen gehen weiterhin. Installieren Sie die Anwendung erneut, damit Handback auf sich selbst achten kann.
health-control = Gehört die Aufgabenkontrolle zu Ihrem Tarif?
    .do = Bitrix24 sagt: nein. Dann wirkt „Ergebniskontrolle erforderlich“ nicht, und keine Aufgabe wartet auf eine Kontrolle.
health-bells = Rückgaben sollen mit einer Benachrichtigung mitgeteilt werden, und das Zugriffsrecht „im“ ist nicht erteilt
    .do = Niemand bekommt eine; der Grund steht im Chat oder in den Kommentaren der Aufgabe. Erteilen Sie das Zugriffsrecht, oder stellen Sie „Wie eine Rückgabe mitgeteilt wird“ zurück.
health-chat = Die Aufgabenansicht hat hier keinen Chat für Anwendungen (kein REST 3.0)
    .do = Gründe werden als Kommentare der Aufgabe geschrieben; dort findet sie die verantwortliche Person.
health-facts = Was Handback aufgezeichnet hat
health-state = Stand der Installation
health-state-new = Noch nicht abgeschlossen
health-state-active = In Betrieb
health-state-suspended = Öffnet sich nicht
health-state-leaving = Wird entfernt
health-last-event = Letzte Meldung von Bitrix24
health-no-event = Keine in den letzten 30 Tagen
health-last-renewal = Zugriff zuletzt erneuert
health-no-renewal = Nie
health-reopen = Müssen Handback erneut öffnen
health-people = { $n ->
    [0] Niemand
    [one] { $n } Person
   *[other] { $n } Personen
}
health-build = Version des Servers
health-places = Ereignisse und Plätze
health-in-place = { $n } von { $of } sind, wie sie sein sollen.
health-stale = { $n ->
    [one] { $n } führt zu einer alten Adresse.
   *[other] { $n } führen zu einer alten Adresse.
}
health-mend = Ereignisse und Plätze in Ordnung bringen
health-mended = Erledigt. Unten steht, was jetzt in Bitrix24 eingerichtet ist.
health-each = Im Einzelnen
health-methods = Methoden, die Handback verwendet
health-offered = { $n } von { $of } gibt es hier.
health-limits = Begrenzungen in den letzten 7 Tagen
health-limits-lead = Wenn Bitrix24 um Langsamkeit bittet, wartet Handback und macht dann weiter. Sind es viele, warten alle.
health-no-limits = Keine.
health-times = { $n ->
    [one] { $n } Mal
   *[other] { $n } Mal
}
health-last = zuletzt { $x }
feature-list = Die Liste der wartenden Aufgaben
feature-decide = Zurückgeben und Akzeptieren
feature-history = Was aus einer Entscheidung wurde, und bisherige Rückgaben
feature-results = Die eingereichte Statuszusammenfassung
feature-checklist = Die Checkliste
feature-points = Punkte der Checkliste wieder öffnen
feature-deadline = Neue Frist oder Bewertung mit der Entscheidung
feature-comment = Der Grund als Kommentar der Aufgabe
feature-bell = Die Benachrichtigung über eine Rückgabe
scope-is-not-given = Nicht erteilt

## What is kept: handing it out, erasing it, receipts
data = Daten
data-mine = Was über Sie aufbewahrt wird
data-mine-lead = Ihre Entscheidungen, Gründe, gespeicherten Gründe, Einstellungen, Ansicht, zurückgestellten Aufgaben und was mit Ihrem Zugriff geschah, als eine Datei (JSON).
data-export = Herunterladen
data-erase = Löschen…
data-person = Über eine Person
data-person-lead = Für jemanden, der darum bittet oder ausgeschieden ist. Die Nummer steht in der Adresse des Profils.
data-portal = Über dieses ganze Bitrix24
data-portal-lead = Alles, was Handback davon aufbewahrt, von jeder Art höchstens die jüngsten 20.000 Einträge; alles kann der Betreiber herausgeben.
erase-person = Gelöscht werden: die Worte aller Gründe, eigene gespeicherte Gründe, Einstellungen, Ansicht, zurückgestellte Aufgaben mit ihrem Protokoll, welche Benachrichtigungen über Rückgaben die Person bekam, offene Seiten und der Zugriff auf Bitrix24. Was bleibt, weil es auch andere betrifft: in Nummern und Zeiten die Entscheidungen, wie sie ausgingen und wer schneller war, und eine Woche lang das Anfrageprotokoll; wer wen benannt, etwas für andere geändert oder Handback installiert hat; der Zugriff der Installation; für alle gespeicherte Gründe. Was in Aufgaben in Bitrix24 geschrieben wurde, bleibt dort.
erase-portal = Alles, was Handback von diesem Bitrix24 aufbewahrt, wird für alle gelöscht, sofort und endgültig. Entfernen Sie danach die Anwendung in Bitrix24, oder installieren Sie sie neu.
erase-words = Geben Sie zur Bestätigung { $x } ein
erase-wrong = Das war etwas anderes. Gelöscht wurde nichts.
erase-now = Endgültig löschen
erase-not = Zurück, ohne zu löschen
receipts = Belege
receipts-lead = Was herausgegeben oder gelöscht wurde, die letzten zwanzig Belege. Sie werden drei Jahre aufbewahrt; wessen Daten es waren, nicht.
receipts-none = Noch keine.
receipt = Beleg
receipt-keep = Bewahren Sie diese Nummer auf: mit ihr lässt sich später zeigen, dass es geschehen ist.
receipt-at = Wann
receipt-by = Auf Wunsch von
receipt-ended = Ihre Sitzung ist beendet. Öffnen Sie Handback in Bitrix24 erneut, um weiterzumachen.
receipt-rows = { $x } Zeilen
receipt-by-person = der Person selbst
receipt-by-administrator = einem Administrator
receipt-by-operator = dem Betreiber
receipt-export-person = Daten einer Person wurden herausgegeben
receipt-export-portal = Die Daten dieses Bitrix24 wurden herausgegeben
receipt-erasure-person = Löschung der Daten einer Person
receipt-erasure-portal = Löschung aller Daten dieses Bitrix24
rows-portals = Angaben zur Installation
rows-decisions = Entscheidungen
rows-reasons = Gründe
rows-followups = Mit Entscheidungen Gewünschtes
rows-bells = Benachrichtigungen über Rückgaben
rows-saved_reasons = Gespeicherte Gründe
rows-settings = Einstellungen
rows-delegates = Für die Einstellungen Benannte
rows-views = Ansichten
rows-snoozes = Zurückgestellte Aufgaben
rows-snooze_log = Protokoll der zurückgestellten Aufgaben
rows-actions = Protokoll der Aktionen
rows-calls = Anfrageprotokoll
rows-events = Meldungen von Bitrix24
rows-sessions = Offene Seiten
rows-credentials = Zugriff auf Bitrix24
rows-receipts = Belege
rows-filters = Filter anderer auf diese Person
rows-named_by_others = Wo andere diese Person nennen

## Looking back: the journal of calls, and what people did
calls = Anfrageprotokoll
calls-lead = Was Handback dieses Bitrix24 in den letzten 7 Tagen gefragt hat und mit wessen Zugriff. Texte werden nicht aufbewahrt.
calls-task = Nummer der Aufgabe
calls-user = Nummer der Person
calls-method = Methode enthält
calls-from = Von
calls-until = Bis
calls-failed = Nur fehlgeschlagene
calls-search = Suchen
calls-none = Nichts gefunden.
calls-table = Anfragen, neueste zuerst
call-task = Aufgabe { $x }
call-person = Person { $x }
call-command = in einem Stapel
call-installer = Zugriff der Installation
call-took = { $x } ms
call-operating = { $x } s der Methodenzeit verbraucht
call-request = Kennung { $x }
call-ok = OK
call-expired = Der Zugriff war abgelaufen. Handback fordert von selbst einen neuen an.
call-reopen = Der Zugriff gilt erst wieder, wenn die Person Handback neu öffnet.
call-limited = Bitrix24 hat um weniger Anfragen gebeten.
call-gone = Das Portal oder die Anwendung gibt es nicht mehr.
call-unpaid = Das Abonnement oder die Testphase ist abgelaufen.
call-not_allowed = Nicht erlaubt: Ein Recht, eine Freigabe oder der Tarif reicht nicht aus, oder das Objekt gibt es nicht.
call-not_offered = Dieses Portal bietet es nicht an.
call-maybe_there = Abgelehnt; möglicherweise ist es schon vorhanden.
call-wrong = Die Anfrage war fehlerhaft.
call-keys = Der Autorisierungsserver hat die Schlüssel dieser Anwendung abgelehnt.
call-stumbled = Bei Bitrix24 ist ein Fehler aufgetreten.
call-unreachable = Keine Verbindung. Die Anfrage wurde nicht gesendet.
call-lost = Gesendet, aber die Antwort ging verloren.
call-abandoned = Gesendet, aber auf die Antwort wartete niemand mehr.
call-not_sent = Nicht gesendet: Diese Adresse ruft Handback nicht auf.
call-moved = Das Portal hat eine andere Adresse.
call-bad_answer = Die Antwort war nicht zu verstehen.
call-other_code = Ein Fehlercode, den Bitrix24 nicht dokumentiert.
call-not_executed = Vom Stapel ausgelassen.
actions = Meine Aktionen
actions-everybody = Aktionen aller
actions-lead = Was Sie über Handback entschieden haben und wie es ausging.
actions-lead-everybody = Was über Handback entschieden wurde und wie es ausging.
actions-none = Noch nichts.
actions-table = Entscheidungen, neueste zuerst
action-you = Sie
action-ended = Beendet: { $x }
actions-kept = Wird 400 Tage aufbewahrt; niemand kann es ändern.
aside = Zurückgestellte Aufgaben
aside-lead = Was Sie zuletzt zurückgestellt haben und wann es wiederkam. Hier sieht es niemand sonst; ein Administrator kann es mit Ihren Daten herunterladen.
snooze-ended = Wieder in Ihrer Liste

## Outside Bitrix24
closed = Öffnen Sie Handback in Bitrix24
closed-how = Handback arbeitet innerhalb von Bitrix24. Öffnen Sie es dort: Sie finden es im Hauptmenü unter „Anwendungen“.
connect = Oder melden Sie sich hier an
connect-how = Sie können Handback auch in einem eigenen Fenster nutzen. Ihr Bitrix24 bittet Sie, sich anzumelden.
connect-domain = Adresse Ihres Bitrix24
connect-button = Weiter

## The licence agreement and the privacy policy
# Genau so ist es: docs/data.md sagt, woher jeder Satz kommt.
language = Deutsch
languages = Sprachen
operator = Betreiber
operator-unnamed = Auf diesem Server nicht genannt. Fragen Sie den Administrator Ihres Bitrix24, wer ihn betreibt.
support = Support
support-unnamed = Fragen Sie den Administrator Ihres Bitrix24.
legal-version = Für Handback { $x }
terms = Lizenzvertrag
    .lead = Über die Nutzung von Handback, einer Anwendung für Bitrix24, unter dieser Adresse.
terms-parties = Zwischen wem
    .text = Lizenzgeber ist der oben genannte Betreiber. Lizenznehmer ist das Unternehmen oder die Person, in deren Bitrix24 Handback installiert ist. Wer Handback installiert, nimmt diesen Vertrag für sie an; wer Handback öffnet, nimmt ihn für die eigene Nutzung an.
terms-use = Was Sie dürfen
    .text = Sie dürfen Handback in Ihrem Bitrix24 kostenlos, mit allen Funktionen und ohne Zeitbegrenzung nutzen, solange es dort installiert ist. Keine Funktion wird gegen Zahlung freigeschaltet. Das Programm selbst ist unter der MIT-Lizenz veröffentlicht, die für seinen Quelltext gilt.
terms-acts = In wessen Namen Handback handelt
    .text = Handback gibt eine Aufgabe nur zurück oder akzeptiert sie nur, nachdem eine Person darauf gedrückt hat, nur in deren Namen und nur, wenn Bitrix24 ihr das Recht dazu gibt. Eine Entscheidung lässt sich zurücknehmen, solange die Seite es anzeigt. Was so entschieden wird, gilt in Ihrem Bitrix24 als eigene Entscheidung dieser Person.
terms-rules = Was von Ihnen erwartet wird
    .text = Nutzen Sie Handback nur in einem Bitrix24, in dem Sie arbeiten dürfen, und nur mit Ihrem eigenen Zugriff. Versuchen Sie nicht, an Daten anderer Unternehmen zu gelangen, in fremdem Namen zu handeln oder den Betrieb von Handback zu stören.
terms-needs = Wovon es abhängt
    .text = Handback braucht ein Bitrix24, dessen Tarif Anwendungen zulässt, einen Administrator, der es installiert, und die Dienste von Bitrix24. Fällt davon etwas aus, kann eine Entscheidung verspätet oder gar nicht ausgeführt werden; Handback zeigt dann, ob sie ausgeführt, nicht ausgeführt oder nicht bestätigt ist.
terms-warranty = Keine Gewährleistung
    .text = Handback wird bereitgestellt, wie es ist, ohne ausdrückliche oder stillschweigende Gewährleistung. Soweit das Gesetz es erlaubt, haftet der Betreiber nicht für Schäden, die durch die Nutzung von Handback oder dadurch entstehen, dass es nicht genutzt werden kann. Eine Haftung, die sich gesetzlich nicht ausschließen lässt, bleibt bestehen.
terms-end = Wie der Vertrag endet
    .text = Der Vertrag endet, wenn ein Administrator Handback aus Ihrem Bitrix24 entfernt oder wenn der Betreiber es nicht mehr anbietet. Was nach dem Entfernen wann gelöscht wird, steht in der Datenschutzerklärung.
terms-bitrix24 = Handback und Bitrix24
    .text = Handback ist kein Teil von Bitrix24 und stammt nicht von dessen Herstellern. Was Sie mit ihnen über Bitrix24 vereinbart haben, bleibt unberührt.
privacy = Datenschutzerklärung
    .lead = Was Handback, eine Anwendung für Bitrix24, unter dieser Adresse über Personen aufbewahrt, wie lange, und wer es sieht.
privacy-kept = Was aufbewahrt wird
    .text = In der Datenbank des Betreibers steht Folgendes. Aufgaben und Personen stehen darin mit ihren Nummern aus Ihrem Bitrix24, nie mit Titeln oder Namen.
kept-installation = Die Installation
    .text = Adressen und Kennung (member_id) Ihres Bitrix24, dessen Autorisierungsserver, Zugriffsrechte, Version, Stand der Installation und seit wann, Tag der letzten Öffnung, Nummer des Administrators, der installiert hat, und Fingerabdrücke (SHA-256) des Geheimnisses, an dem Meldungen von Bitrix24 erkannt werden.
    .until = Solange Handback installiert ist. Eine nie abgeschlossene Installation: bis sie 7 Tage nicht benutzt wurde
kept-access = Zugriff auf Bitrix24
    .text = Der Zugriff, den Bitrix24 Handback für den installierenden Administrator und für jede Person gibt, die es öffnet: verschlüsselt (XChaCha20-Poly1305), mit der Nummer der Person und der Ablaufzeit. Der Schlüssel steht nicht in der Datenbank.
    .until = Einer Person: bis 24 Stunden, nachdem sie Handback zuletzt benutzt hat und ihre letzte Entscheidung beendet ist. Der Installation: solange es sie gibt
kept-sessions = Geöffnete Seiten
    .text = Zu jeder geöffneten Seite ein Fingerabdruck (SHA-256) ihres Schlüssels, Nummer und Sprache der Person, der gezeigte Teil der Liste sowie die Zeiten der Öffnung und der letzten Nutzung. Zu einer Anmeldung außerhalb von Bitrix24 Fingerabdrücke ihrer Einmalwerte und die Adresse Ihres Bitrix24.
    .until = Eine Sitzung endet nach 60 Minuten ohne Nutzung und 8 Stunden nachdem Bitrix24 die Person zuletzt bestätigt hat; ihr Eintrag wird 24 Stunden nach der letzten Nutzung gelöscht. Eine Anmeldung außerhalb von Bitrix24: 10 Minuten
kept-decisions = Entscheidungen
    .text = Die Nummern der Aufgabe und der Person, ob die Aufgabe zurückgegeben oder akzeptiert wurde, wann, und wie es ausging; was dazu gewünscht wurde: Nummern von Checklistenpunkten, eine neue Frist, eine Bewertung; war jemand anderes schneller, auch dessen Nummer; zwei Tage lang, ob und wann eine Benachrichtigung über die Rückgabe gesendet wurde und die Nummer der Person, die sie bekam.
    .until = Solange Handback installiert ist
kept-reasons = Gründe
    .text = Was eine Person beim Zurückgeben an die verantwortliche Person geschrieben hat, und ob es zugestellt ist. Außer diesen und den gespeicherten Gründen werden keine Worte von Personen aufbewahrt.
    .until = Solange Handback installiert ist
kept-saved = Gespeicherte Gründe
    .text = Gründe, die Personen für alle oder für sich bereithalten: ihre Worte in jeder Sprache, die Projekte, in denen sie angeboten werden, und die Nummer der Person, die sie geändert hat. Ein archivierter bleibt, weil Rückgaben sich auf ihn beziehen.
    .until = Solange Handback installiert ist
kept-settings = Einstellungen
    .text = Was für alle, für ein Projekt oder für eine Person eingestellt ist, und wer es außer den Administratoren ändern darf: Werte, Nummern von Projekten und Personen, Zeiten.
    .until = Bis zur Änderung; solange Handback installiert ist
kept-views = Ansichten und zurückgestellte Aufgaben
    .text = Wie jede Person ihre Liste zuletzt gruppiert und gefiltert hat, ohne die Wörter, nach denen sie gesucht hat; welche Aufgaben sie bis wann zurückgestellt hat; und ein Protokoll davon, in Nummern.
    .until = Die letzte Ansicht: solange Handback installiert ist. Eine zurückgestellte Aufgabe: bis sie wiederkommt, höchstens 366 Tage. Das Protokoll: 400 Tage
kept-actions = Protokoll der Aktionen
    .text = Wer über welche Aufgabe was entschieden hat, wann, und wie es ausging, in Nummern. In Handback kann es niemand ändern.
    .until = 400 Tage
kept-calls = Anfrageprotokoll
    .text = Jede Anfrage von Handback an Bitrix24: wann, mit wessen Zugriff, Methode, Nummer der Aufgabe, Ergebnis und Dauer. Nichts von ihrem Inhalt.
    .until = 7 Tage nach dem Ende des Tages (UTC)
kept-events = Meldungen von Bitrix24
    .text = Was Bitrix24 über die Installation oder eine Aufgabe gemeldet hat: Name der Meldung, Nummer der Aufgabe, Zeit. Ein Zugriff, der mit einer Meldung kommt, ist verschlüsselt und wird gelöscht, sobald die Meldung bearbeitet ist.
    .until = 30 Tage; über eine Aufgabe 1 Stunde, die letzte 30 Tage
kept-receipts = Belege
    .text = Dass Daten einer Person oder eines ganzen Bitrix24 herausgegeben oder gelöscht wurden: wann, in welcher Rolle jemand darum bat und wie viele Zeilen welcher Art es waren. Niemandes Nummer.
    .until = 3 Jahre; nicht länger als bis zur Entfernung von Handback
kept-tombstone = Dass Handback entfernt wurde
    .text = Ein Fingerabdruck (SHA-256) der Kennung eines Bitrix24, das Handback entfernt hat, die Zeit, und ob alles gelöscht werden sollte; wurde alles gelöscht, der Beleg darüber. Nichts über Personen.
    .until = Unbegrenzt
privacy-passes = Was nur hindurchgeht
    .text = Titel, Beschreibungen, Checklisten, Nachrichten des Chats der Aufgabe und andere Inhalte von Aufgaben sowie Namen von Personen werden für die Seite, die Sie öffnen, aus Ihrem Bitrix24 gelesen, dort gezeigt und nicht gespeichert.
privacy-memory = Was im Arbeitsspeicher steht
    .text = Fingerabdrücke von Zugriffen, die Bitrix24 bestätigt (5 Minuten) oder abgelehnt hat (1 Minute), und die Netzadressen, von denen abgelehnte Zugriffe kamen oder eine Anmeldung außerhalb von Bitrix24 begonnen wurde, damit niemand endlos probieren kann. Nichts davon wird in die Datenbank oder ins Programmprotokoll geschrieben; es vergeht mit dem Ende des Programms.
privacy-log = Was im Programmprotokoll steht
    .text = Zu jeder Anfrage: Zeit, Art der Seite, Ergebnis, Dauer und eine Kennung. Zu Arbeit und Störungen: Nummern der Installation, der Person und der Entscheidung, Fehlercodes und manchmal der Name eines Servers. Keine Titel, keine Worte von Personen, keine Namen, kein Zugriff und keine Netzadressen. Handback selbst bewahrt kein Programmprotokoll auf; wie lange es aufbewahrt wird und was ein Server vor Handback aufzeichnet, bestimmt der Betreiber.
privacy-browser = In Ihrem Browser
    .text = Innerhalb von Bitrix24 setzt Handback kein Cookie und speichert nichts im Browser. Eine Anmeldung außerhalb von Bitrix24 setzt ein Cookie für 10 Minuten, das nach erfolgreicher Anmeldung gelöscht wird. Die Seiten laden das Skript von Bitrix24 selbst und kein anderes fremdes; Besuche werden nicht ausgewertet.
privacy-shared = Wer es erhält
    .text = Ihr Bitrix24 und die Autorisierungsserver von Bitrix24. Entscheidungen und Gründe gehen an die Aufgabe in Ihrem Bitrix24 und, wo es so eingestellt ist, Gründe dort auch an die Benachrichtigungen der verantwortlichen Person, im Namen der Person, die gedrückt hat. Sonst sendet Handback niemandem etwas.
privacy-seen = Wer es sieht
    .text = Jede Person sieht ihre eigenen Entscheidungen, Gründe, gespeicherten Gründe, Ansicht und zurückgestellten Aufgaben; für alle gespeicherte Gründe werden allen angeboten, und wer eine Aufgabe in Ihrem Bitrix24 lesen darf, sieht bei ihr, warum sie zurückgegeben wurde. Ein Administrator Ihres Bitrix24 sieht auch die Entscheidungen und Gründe aller und das Anfrageprotokoll und kann herunterladen, was über jede Person darin aufbewahrt wird. Der Betreiber kann die Datenbank lesen und hat den Schlüssel zu dem, was verschlüsselt ist. Andere Unternehmen sehen nichts davon.
privacy-removed = Wenn Handback entfernt wird
    .text = Es gilt, sobald der Autorisierungsserver von Bitrix24 es bestätigt. Hat der Administrator das Löschen der Daten gewählt, wird alles gelöscht, was zu Ihrem Bitrix24 gehört. Sonst werden Zugriff, Sitzungen, Meldungen, Anfrageprotokoll, Einstellungen, gespeicherte Gründe, Ansichten und zurückgestellte Aufgaben sofort gelöscht; die Angaben zur Installation, Entscheidungen, Gründe und das Protokoll der Aktionen warten 30 Tage auf eine neue Installation und werden dann gelöscht. Ein Bitrix24, in dem seit 210 Tagen niemand Handback geöffnet hat und dessen Zugriff abgelaufen ist, gilt als eines, aus dem es ohne Löschen entfernt wurde. Sicherungen, die der Betreiber angelegt hat, enthalten die Daten, bis sie gelöscht werden.
privacy-rights = Ihre Rechte
    .text = Unter Einstellungen, Daten, können Sie selbst als Datei herunterladen, was über Sie aufbewahrt wird, und Ihre Worte und alles löschen, was Ihnen allein gehört. Ein Administrator Ihres Bitrix24 kann dasselbe für jede Person darin und für das ganze Bitrix24 tun, der Betreiber für beides; jedes Mal gibt es einen Beleg. Nach einer Löschung bleibt, was auch andere betrifft: in Nummern und Zeiten Ihre Entscheidungen, dass Sie schneller waren als jemand anders, und eine Woche lang das Anfrageprotokoll; dass Sie jemanden benannt haben oder benannt wurden, etwas für andere geändert oder Handback installiert haben; der Zugriff der Installation; für alle gespeicherte Gründe; und in Ihrem Bitrix24, was in Aufgaben geschrieben wurde. Um etwas berichtigen zu lassen, wenden Sie sich an einen von ihnen. Sie können sich auch bei der für Sie zuständigen Datenschutzbehörde beschweren.

## Errors: what happened, and what to do
reason-least = { $n ->
    [one] Ihr Portal verlangt mindestens { $n } Zeichen.
   *[other] Ihr Portal verlangt mindestens { $n } Zeichen.
}
way-again = Bitte versuchen Sie es gleich noch einmal.
way-reopen = Schließen Sie diese Seite und öffnen Sie Handback in Bitrix24 neu.
way-list = Zurück zur Liste
error-your-words = Ihr Text
error-malformed = Die Anfrage war nicht lesbar
    .do = Etwas fehlte oder kam doppelt.
error-reason_missing = Eine Rückgabe braucht einen Grund
    .do = Schreiben Sie in wenigen Worten, was die verantwortliche Person ändern soll. Es wurde noch nichts geändert.
error-reason_too_long = Der Grund ist zu lang
    .do = Höchstens 2.000 Zeichen sind möglich. Es wurde noch nichts geändert.
error-reason_too_short = Der Grund ist zu kurz
    .do = Schreiben Sie etwas genauer, was die verantwortliche Person ändern soll. Es wurde noch nichts geändert.
error-deadline_over = Die neue Frist muss in der Zukunft liegen
    .do = Wählen Sie einen späteren Tag innerhalb der nächsten zehn Jahre. Es wurde noch nichts geändert.
error-snooze_day = Wählen Sie einen Tag, der noch kommt
    .do = Eine Aufgabe lässt sich bis zu einem Tag innerhalb des nächsten Jahres zurückstellen. Es wurde nichts geändert.
error-too_large = Zu viel auf einmal
    .do = Der Text ist länger, als Handback annimmt. Kürzen Sie ihn und versuchen Sie es erneut.
error-not_genuine = Bitrix24 hat nicht bestätigt, wer Sie sind
    .do = Die Anfrage kam nicht von dem Portal, das sie nennt, oder sie ist zu alt.
error-other_application = Das gehört zu einer anderen Anwendung
    .do = Der übermittelte Zugriff wurde einer anderen Anwendung erteilt. Bitten Sie Ihren Administrator, Handback zu installieren.
error-admin_required = Das darf nur ein Administrator
    .do = Bitten Sie einen Administrator Ihres Bitrix24 darum.
error-http_portal = Ihr Bitrix24 wird ohne Verschlüsselung aufgerufen
    .do = Handback spricht nur mit Portalen über https. Bitten Sie Ihren Administrator, es einzuschalten.
error-address_refused = Die Adresse Ihres Bitrix24 ist für Handback nicht erreichbar
    .do = Sie liegt in einem Netz, das Handback nicht betritt. Ihr Administrator kann es freigeben lassen.
error-not_installed = Handback ist in diesem Bitrix24 nicht installiert
    .do = Bitten Sie Ihren Administrator, es zu installieren.
error-session_ended = Ihre Sitzung ist beendet
    .do = Zu Ihrer Sicherheit endet eine Sitzung nach einiger Zeit. Es ging nichts verloren.
error-wrong_origin = Die Anfrage kam von einer anderen Website
    .do = Sie wurde zu Ihrem Schutz abgelehnt. Es wurde nichts geändert.
error-not_found = Diese Seite gibt es nicht
    .do = Vielleicht wurde sie verschoben, oder die Adresse ist unvollständig.
error-task_unavailable = Diese Aufgabe wurde gelöscht oder ist für Sie nicht sichtbar
    .do = Suchen Sie sie in Bitrix24 oder bitten Sie den Aufgabenbesitzer, sie für Sie sichtbar zu machen.
error-wrong_method = Diese Seite lässt sich so nicht aufrufen
    .do = Öffnen Sie Handback in Bitrix24 und machen Sie dort weiter.
error-conflict = Über diese Aufgabe wird bereits entschieden
    .do = Jemand anderes oder Sie in einem anderen Fenster haben gerade entschieden. Die Liste zeigt den aktuellen Stand.
error-bulk_empty = Es ist keine Aufgabe ausgewählt
    .do = Wählen Sie die Aufgaben aus, über die Sie gemeinsam entscheiden möchten. Es wurde nichts geändert.
error-bulk_too_large = Zu viele Aufgaben auf einmal
    .do = Höchstens 500 Aufgaben können auf einmal entschieden werden. Es wurde nichts geändert.
error-still_open = Entscheidungen sind noch unterwegs
    .do = Warten Sie, bis jede Entscheidung, ihr Grund und alles damit Gewünschte angekommen ist, oder nehmen Sie sie zurück. Gelöscht wurde nichts.
error-snooze_full = Es sind zu viele Aufgaben zurückgestellt
    .do = Nehmen Sie zuerst einige wieder auf. Es wurde nichts geändert.
error-bulk_open = Ihre letzte Entscheidung über mehrere Aufgaben wird noch gesendet
    .do = Es wurde nichts geändert. Sobald sie durch ist, können Sie die nächste beginnen.
error-portal_unreachable = Ihr Bitrix24 antwortet nicht
    .do = Es wurde nichts geändert.
error-portal_limited = Ihr Bitrix24 bittet um weniger Anfragen
    .do = Es hat zu viele Anfragen erhalten. Warten Sie eine Minute.
error-authorization_down = Der Anmeldedienst von Bitrix24 antwortet nicht
    .do = Meist ist er nach wenigen Minuten wieder da.
error-access_closed = Ihr Tarif lässt keine Anwendungen zu
    .do = Ihr Administrator sieht in Bitrix24, welcher Tarif Anwendungen zulässt.
error-unpaid = Das Bitrix24-Abonnement ist abgelaufen
    .do = Handback funktioniert wieder, sobald es verlängert ist.
error-no_app_right = Diese Anwendung wurde Ihnen nicht freigegeben
    .do = Bitten Sie Ihren Administrator um Zugriff auf Handback.
error-portal_deleted = Dieses Bitrix24 gibt es nicht mehr
    .do = Das Portal wurde geschlossen oder gelöscht.
error-sign_in_again = Bitte melden Sie sich erneut an
    .do = Bitrix24 nimmt den Zugriff, den Handback für Sie hatte, nicht mehr an.
error-too_many = Zu viele Anfragen
    .do = Warten Sie eine Minute.
error-busy = Handback ist gerade überlastet
    .do = Es wurde nichts geändert.
error-taken = Was Sie gedrückt haben, ist angekommen
    .do = Nur die Seite, die es zeigt, kam nicht zustande. Sie brauchen nicht noch einmal zu drücken: Die Liste zeigt, was daraus wurde.
error-internal = Bei uns ist ein Fehler aufgetreten
    .do = Er wurde aufgezeichnet.
