# Deutsch, per du. The words of emails and pages; `docs/languages.md` explains this file.

## The language

language-name = Deutsch
# ltr or rtl
language-direction = ltr

## Days and times

time-clock = { $day }, { $clock } Uhr
time-day = { $weekday }, { $day }. { $month } { $year }
time-short-day = { $weekday }, { $day }. { $month }
time-days = { $first } bis { $last }
time-weekday = { $which ->
    [mon] Mo.
    [tue] Di.
    [wed] Mi.
    [thu] Do.
    [fri] Fr.
    [sat] Sa.
   *[sun] So.
    }
time-month = { $which ->
    [jan] Januar
    [feb] Februar
    [mar] März
    [apr] April
    [may] Mai
    [jun] Juni
    [jul] Juli
    [aug] August
    [sep] September
    [oct] Oktober
    [nov] November
   *[dec] Dezember
    }

## Lists and names

list-comma = ,{ " " }
list = { $first } und { $last }
list-you = dich
somebody-after-for = jemanden
somebody-first = Jemand
name-after-hello = du
device-without-name = ein Gerät

## Every email

hello = Hallo { $name },
hello-unnamed = Hallo,
email-footer = Kith hilft Familien, sich alles aufzuteilen, was zu tun ist. Niemand schaut hier rund um die Uhr nach: Ruf im Notfall Hilfe.
email-not-monitored = Bei Kith schaut niemand rund um die Uhr nach: Ruf im Notfall Hilfe.
email-no-replies = Bitte antworte nicht auf diese E-Mail: Antworten liest niemand.
email-open-app = Öffne deine App, um die Einzelheiten zu sehen.
button-confirm-address = Diese Adresse bestätigen
button-answer = Antworten
# Before the address of the page where they answer.
answer-without-sign-in = Antworten, ohne dich anzumelden:

## Registration and sign-in

verify-email-subject = Bestätige deine E-Mail-Adresse
verify-email-code = Gib diesen Code in der App ein, in der du dich bei Kith registriert hast:
code-line = Code: { $code }
verify-email-or-page = Oder öffne diese Seite und bestätige dort:
verify-email-or-here = Oder bestätige hier:
verify-email-works-page =
    Der Code gilt 15 Minuten, die Seite 24 Stunden. Wenn du dich nicht registriert
    hast, ignoriere diese E-Mail: Ohne deine Bestätigung gibt es kein Konto.
verify-email-works-button = Der Code gilt 15 Minuten, der Knopf 24 Stunden. Wenn du dich nicht registriert hast, ignoriere diese E-Mail: Ohne deine Bestätigung gibt es kein Konto.

account-exists-subject = Du hast schon ein Konto
account-exists-sign-in =
    Du hast mit dieser E-Mail-Adresse schon ein Konto bei Kith: Melde dich damit an.
    Wenn du dein Passwort vergessen hast, fordere in deiner App ein neues an.
account-exists-somebody =
    Jemand, wahrscheinlich du, wollte diese Adresse noch einmal registrieren. Wenn du
    das nicht warst, musst du nichts tun. Es hat sich nichts geändert.

reset-password-subject = Wähle ein neues Passwort
reset-password-here = Wähle hier ein neues Passwort für dein Konto bei Kith:
reset-password-button-above = Wähle ein neues Passwort für dein Konto bei Kith:
reset-password-button = Neues Passwort wählen
reset-password-works-page =
    Die Seite gilt 30 Minuten. Jemand, wahrscheinlich du, hat ein neues Passwort
    angefordert. Wenn du das nicht warst, ignoriere diese E-Mail: Dein Passwort
    bleibt, wie es ist.
reset-password-works-button = Der Knopf gilt 30 Minuten. Jemand, wahrscheinlich du, hat ein neues Passwort angefordert. Wenn du das nicht warst, ignoriere diese E-Mail: Dein Passwort bleibt, wie es ist.

sign-in-code-subject = Dein Code zum Anmelden
sign-in-code-type = Gib diesen Code auf dem Gerät ein, auf dem du dich bei Kith anmelden willst:
sign-in-code-type-device = Gib diesen Code auf dem Gerät ein, auf dem du dich bei Kith anmelden willst ({ $device }):
sign-in-code-works =
    Er gilt zehn Minuten. Verrate ihn niemandem: Niemand von Kith wird dich danach
    fragen. Wenn du keinen Code angefordert hast, ignoriere diese E-Mail.

## The address of an account

confirm-address-subject = Bestätige deine neue E-Mail-Adresse
confirm-address-confirm = Bestätige diese neue E-Mail-Adresse deines Kontos bei Kith:
confirm-address-works-page =
    Die Seite gilt 24 Stunden. Wenn du das nicht wolltest, ignoriere diese E-Mail:
    Es ändert sich nichts.
confirm-address-works-button = Der Knopf gilt 24 Stunden. Wenn du das nicht wolltest, ignoriere diese E-Mail: Es ändert sich nichts.

address-taken-subject = Diese Adresse hat schon ein Konto
address-taken-account =
    Du hast mit dieser E-Mail-Adresse schon ein Konto bei Kith, darum kann kein anderes
    Konto sie benutzen. Es hat sich nichts geändert.
address-taken-somebody =
    Jemand, vielleicht du, wollte mit einem anderen Konto zu dieser Adresse wechseln.
    Wenn du das nicht warst, musst du nichts tun.

address-changed-subject = Deine E-Mail-Adresse wurde geändert
address-changed-new =
    Dein Konto bei Kith hat eine neue E-Mail-Adresse. Von jetzt an gehen seine E-Mails
    dorthin und nicht mehr an diese Adresse.
address-changed-undo = Wenn du das nicht warst, mach die Änderung innerhalb von drei Tagen rückgängig:
address-changed-button = Änderung rückgängig machen
address-changed-then =
    Dein Konto hat dann wieder diese Adresse, und du wählst ein neues Passwort. Alle
    Geräte werden abgemeldet. Passkeys und eine Authenticator-App, die vor Kurzem
    hinzugefügt wurden, werden entfernt.

## The deletion of an account, and tokens

account-deletion-subject = Dein Konto wird gelöscht
account-deletion-on = Dein Konto bei Kith wird, wie du es wolltest, gelöscht am
account-deletion-keep =
    Wenn du es behalten willst, melde dich vorher an und brich die Löschung ab. Bis
    dahin kannst du dich noch umsehen und deine Daten exportieren. Was du übernommen
    hattest, ist schon wieder frei für andere.
account-deletion-not-you =
    Wenn du das nicht wolltest, melde dich jetzt an, brich die Löschung ab und wähle ein
    anderes Passwort.

account-erased-subject = Dein Konto ist gelöscht
account-erased-last =
    Dein Konto bei Kith ist gelöscht, wie du es wolltest, und mit ihm diese
    E-Mail-Adresse. Das ist die letzte E-Mail, die du von uns bekommst.

token-expiry-subject = Dein persönliches Zugriffstoken läuft bald ab
token-expiry-when =
    Eines deiner persönlichen Zugriffstokens läuft ab am
    { $until }.
    Du hast es erstellt am
    { $made }.
token-expiry-new =
    Wenn das Programm den Zugriff noch braucht, erstelle vorher in deiner App ein neues
    Token. Wenn nicht, musst du nichts tun.

## What happened to an account

news-when = Wann: { $when }
news-device = Gerät: { $device }
news-network = Netz: { $network }
news-advice =
    Wenn du das warst, musst du nichts tun. Wenn nicht, fordere jetzt in deiner App ein
    neues Passwort an: Du bekommst einen Link an diese Adresse, und das neue Passwort
    meldet alle Geräte ab.
news-advice-signed-out = Melde dich auf diesem Gerät wieder an. Wenn du das Gerät oder das Netz nicht kennst oder wenn das noch einmal passiert, fordere jetzt in deiner App ein neues Passwort an: Sie schickt einen Link an diese Adresse und meldet alle Geräte ab.
news-totp-added-subject = Eine Authenticator-App wurde hinzugefügt
news-totp-added = Zu deinem Konto bei Kith wurde eine Authenticator-App hinzugefügt. Von jetzt an brauchst du zum Anmelden einen Code aus ihr.
news-totp-removed-subject = Die Authenticator-App wurde entfernt
news-totp-removed = Die Authenticator-App deines Kontos bei Kith wurde entfernt. Du brauchst zum Anmelden keinen Code mehr aus ihr.
news-codes-replaced-subject = Deine Wiederherstellungscodes wurden ersetzt
news-codes-replaced = Dein Konto bei Kith hat neue Wiederherstellungscodes. Die alten gelten nicht mehr.
news-code-used-subject = Ein Wiederherstellungscode wurde benutzt
news-code-used = Jemand hat sich mit einem deiner Wiederherstellungscodes in deinem Konto bei Kith angemeldet.
news-passkey-added-subject = Ein Passkey wurde hinzugefügt
news-passkey-added = Zu deinem Konto bei Kith wurde ein Passkey hinzugefügt. Von jetzt an kann man sich damit anmelden, auch nachdem du ein neues Passwort gewählt hast. Wenn er nicht dir gehört, wähle ein neues Passwort, melde dich an und lösche den Passkey.
news-passkey-deleted-subject = Ein Passkey wurde gelöscht
news-passkey-deleted = Ein Passkey deines Kontos bei Kith wurde gelöscht. Man kann sich nicht mehr damit anmelden.
news-password-deleted-subject = Dein Passwort wurde gelöscht
news-password-deleted = Das Passwort deines Kontos bei Kith wurde gelöscht. Du meldest dich jetzt mit einem Passkey an.
news-new-device-subject = Ein neues Gerät hat sich angemeldet
news-new-device = Ein Gerät, das vorher noch nicht benutzt wurde, hat sich in deinem Konto bei Kith angemeldet.
news-after-failures-subject = Jemand hat sich nach mehreren falschen Versuchen angemeldet
news-after-failures = Jemand hat sich nach fünf oder mehr falschen Versuchen in deinem Konto bei Kith angemeldet.
news-signed-out-subject = Ein Gerät wurde zur Sicherheit abgemeldet
news-signed-out = Ein Gerät wurde von deinem Konto bei Kith abgemeldet, weil seine Anmeldung zweimal benutzt wurde. Das ist harmlos, wenn eine App in zwei Tabs offen war, die die Anmeldung gleichzeitig erneuert haben, oder wenn eine App eine Antwort des Servers nicht bekommen und noch einmal gefragt hat. Es kann aber auch heißen, dass jemand die Anmeldung kopiert und benutzt hat.
news-password-changed-subject = Dein Passwort wurde geändert
news-password-changed = Das Passwort deines Kontos bei Kith wurde geändert.
news-token-created-subject = Ein persönliches Zugriffstoken wurde erstellt
news-token-created = Ein Gerät, das in deinem Konto bei Kith angemeldet ist, hat ein persönliches Zugriffstoken für ein Programm erstellt.

## Circles

# What emails call a circle if nobody chose another name.
circle-alias = Kreis von { $name }
circle-alias-unnamed = ein Familienkreis

invitation-subject = { $inviter } lädt dich ein: { $alias }
invitation-invites =
    { $inviter } lädt dich zu { $alias } auf Kith ein. Dort teilt sich eine
    Familie, was zu tun ist.
invitation-here = Sieh dir die Einladung an und antworte hier mit Ja oder Nein:
invitation-button = Einladung ansehen
invitation-until-page =
    Du kannst antworten bis { $until }.
    Um Nein zu sagen, brauchst du kein Konto.
invitation-until-button = Du kannst antworten bis { $until }. Auch wenn du Nein sagen willst, drück auf den Knopf und dann auf „Nein, danke“. Dafür brauchst du kein Konto.
invitation-unknown =
    Wenn du nichts tust, passiert nichts: Die Einladung endet von selbst. Wenn du
    { $inviter } nicht kennst, ignoriere diese E-Mail also.

circle-ending-subject = { $alias } wird gelöscht
circle-ending-on = { $alias } wird mit allem, was darin ist, gelöscht am
circle-ending-keep =
    Ein Mitglied hat das veranlasst. Um den Kreis zu behalten, brich die Löschung vorher
    in der App ab. Das kann die kranke Person tun. Wer den Kreis koordiniert, kann es
    auch, außer die kranke Person selbst hat die Löschung veranlasst.
circle-ending-until =
    Bis dahin können alle im Kreis noch lesen und schreiben und exportieren, was sie
    sehen. Kith schickt keine Erinnerungen und Nachrichten mehr dazu. Sie kommen wieder,
    wenn die Löschung abgebrochen wird.

circle-kept-subject = { $alias } wird nicht gelöscht
circle-kept =
    { $alias } wird nicht gelöscht: Die Löschung ist abgebrochen.
    Du bekommst wieder Erinnerungen.

circle-paused-subject = { $alias } macht Pause
circle-paused = { $alias } macht Pause.
circle-paused-until =
    Bis es weitergeht, bekommst du zu Aufgaben keine Erinnerungen und nichts Neues.
    Termine bleiben, wie sie geplant sind.

circle-resumed-subject = { $alias } geht weiter
circle-resumed = { $alias } geht weiter.
circle-resumed-look = Du bekommst wieder Erinnerungen an Aufgaben. Sieh bitte in der App nach, was noch ansteht.

circle-in-memory-subject = Eine Nachricht von { $alias }
circle-in-memory = { $alias } bleibt von jetzt an als Erinnerung bestehen.
circle-in-memory-nothing =
    Du musst nichts tun. Alles, was geplant war, ist abgesagt, und du bekommst keine
    Erinnerungen mehr.
circle-in-memory-stays =
    Was geschrieben wurde, bleibt. Du kannst es lesen, wann immer du magst, und ihr könnt
    einander weiter schreiben.

succession-requested-subject = Soll jemand anderes { $alias } koordinieren?
succession-requested =
    { $alias }: Mitglieder bitten darum, dass ein anderes Mitglied koordiniert, weil
    das schon eine Weile niemand mehr tut. Wenn niemand, der koordiniert, in der App
    widerspricht, geschieht das am
succession-ended-subject = Bei { $alias } koordiniert niemand Neues
succession-ended = { $alias }: Niemand anderes übernimmt das Koordinieren. Die Bitte darum ist erledigt.
new-coordinator-subject = { $alias }: Jemand Neues koordiniert
new-coordinator = { $alias }: Jemand Neues koordiniert. In der App siehst du, wer es ist.
proxy-active-subject = Eine Änderung bei { $alias }
proxy-active =
    { $alias }: Ein Mitglied entscheidet von jetzt an für die kranke Person. Es kann
    festlegen, was jedes Mitglied sieht. In der App siehst du, wer es ist.
proxy-active-end = Die kranke Person kann das jederzeit beenden.

## Reminders

reminder-subject = Eine Erinnerung von { $alias }: { $which }
reminder-subject-for = Eine Erinnerung von { $alias } für { $whom }: { $which }
reminder-subject-needed = Bei { $alias } wird jemand gebraucht: { $which }
reminder-subject-needed-for = Bei { $alias } wird jemand für { $whom } gebraucht: { $which }
reminder-subject-yes = Du hast bei { $alias } zugesagt: { $which }
reminder-needed = Für etwas bei { $alias } wird noch jemand gebraucht:
reminder-needed-for = Das ist für { $whom }. Für etwas bei { $alias } wird noch jemand gebraucht:
reminder-yes = Du hast bei { $alias } etwas zugesagt. Es ist bald so weit:
reminder-yes-for = Das ist für { $whom }. Bei { $alias } wurde etwas zugesagt. Es ist bald so weit:
reminder-coming = Bei { $alias } steht etwas an, bei dem du dabei bist:
reminder-coming-for = Das ist für { $whom }. Bei { $alias } steht etwas an:
reminder-open-app = Öffne deine App, um zu sehen, was es ist.
reminder-open-app-more = Mehr siehst du in deiner App.
reminder-unsubscribe = Erinnerungen von { $alias } abbestellen
reminder-unsubscribe-needed = Diese E-Mails von { $alias } abbestellen
unsubscribe-line = { $what }:

reminder-which = { $when } ({ $how-long })
reminder-now = jetzt
reminder-before-minutes = { $count ->
    [one] { $count } Minute vorher
   *[other] { $count } Minuten vorher
    }
reminder-before-hours = { $count ->
    [one] { $count } Stunde vorher
   *[other] { $count } Stunden vorher
    }
reminder-before-days = { $count ->
    [one] { $count } Tag vorher
   *[other] { $count } Tage vorher
    }
reminder-left-minutes = { $count ->
    [one] in { $count } Minute
   *[other] in { $count } Minuten
    }
reminder-left-hours = { $count ->
    [one] in { $count } Stunde
   *[other] in { $count } Stunden
    }
reminder-left-days = { $count ->
    [one] in { $count } Tag
   *[other] in { $count } Tagen
    }
reminder-left-about-hours = { $count ->
    [one] in etwa { $count } Stunde
   *[other] in etwa { $count } Stunden
    }
reminder-left-about-days = { $count ->
    [one] in etwa { $count } Tag
   *[other] in etwa { $count } Tagen
    }

## Notifications

notifications-subject = Neues von { $alias }
notifications-subject-for = Neues von { $alias } für { $whom }
notifications-intro = Es gibt Neues bei { $alias }:
notifications-intro-for = Es gibt Neues für { $whom } bei { $alias }. „Du“ ist in diesen Zeilen { $whom }:
notifications-intro-for-html = Es gibt Neues für { $whom } bei { $alias }. „Du“ ist in diesen Zeilen { $whom }:
notifications-unsubscribe = E-Mails wie diese von { $alias } abbestellen
line-was = Vorher: { $when }
line-now = Jetzt: { $when }
line-when = Wann: { $when }
line-what = Was: { $what }

# What something is, for readers who chose to be told. After "What:".
what-in-place = { $what } ({ $place })
what-task = eine Aufgabe
what-task-series = eine Aufgabe, die sich wiederholt
what-appointment = ein Termin
what-appointment-series = ein Termin, der sich wiederholt
what-ride = eine Fahrt
what-company = Begleitung
what-notes = Mitschreiben
what-children = Kinderbetreuung
what-interpreting = Dolmetschen
what-role = eine Zuständigkeit

line-done = Etwas, das du zugesagt hast, ist erledigt. Du musst es nicht mehr tun.
line-asked-anew = Etwas wurde verschoben. Du wirst noch einmal gefragt, ob du kannst.
line-no-part = Bei etwas bist du nicht mehr dabei. Du musst es nicht mehr tun.
line-still-to-be-done = Die Zeit dafür ist vorbei, aber es muss noch getan werden.
line-rejected = Etwas, das du vorgeschlagen hast, wurde nicht angenommen.
line-approved-done = Etwas, das du vorgeschlagen hast, wurde angenommen und ist erledigt.
line-approved-canceled = Etwas, das du vorgeschlagen hast, wurde angenommen, aber dann abgesagt.
line-approved = Etwas, das du vorgeschlagen hast, wurde angenommen.
line-need-not-come = Zu etwas musst du nicht mehr kommen.
line-canceled = Etwas wurde abgesagt.
line-handover-opened = Jemand möchte etwas abgeben. Es wird jemand anderes gebraucht.
line-handover-ended = Du hast weiterhin, was du abgeben wolltest: Es wurde nicht übernommen.
line-placed = Wer koordiniert, hat dir etwas übertragen, das vorher jemand anderes übernommen hatte. Jetzt liegt es bei dir.
line-scheduled-asked = Etwas wurde angesetzt. Du wirst gefragt, ob du kommen kannst.
line-scheduled = Etwas wurde angesetzt.
line-moved = Etwas wurde verschoben.
line-proposed = Jemand schlägt eine Aufgabe vor. Du kannst sie annehmen.
line-join-requested = Jemand möchte in den Kreis. Du kannst zustimmen oder ablehnen.
line-join-approved = Du wolltest in den Kreis, und jetzt bist du dabei.
line-person-proposed = Jemand schlägt eine Person zum Einladen vor. Du kannst zustimmen oder ablehnen.
line-contact-you = Du bist jetzt der Kontakt eines Mitglieds ohne Konto. Seine E-Mails kommen zu dir.
line-contact-changed = Ein Mitglied ohne Konto hat jetzt einen anderen Kontakt.
line-released = Jemand kann etwas nicht mehr tun. Es wird jemand anderes gebraucht.
line-not-coming = Jemand, der kommen wollte, kommt nicht.
line-open-again = Etwas ist wieder frei und braucht jemanden.
line-unsure = Jemand, der kommen wollte, ist sich nicht mehr sicher.
line-ends-asked = Etwas endet zu einer anderen Zeit. Du wirst gefragt, ob du kannst.
line-ends = Etwas endet jetzt zu einer anderen Zeit.
line-declined-help = Jemand, der um Hilfe gebeten wurde, hat abgesagt.
line-declined-come = Jemand, der gefragt wurde, ob er kommt, hat abgesagt.
line-declined-invitation = Jemand, der in den Kreis eingeladen wurde, hat abgelehnt.
line-changed = Etwas, bei dem du dabei bist, hat sich geändert, aber nicht die Zeit.
line-changed-repeating = Etwas, das sich wiederholt, hat sich geändert. Sieh dir die Tage und Zeiten an.
line-on-again = Etwas, das abgesagt war, findet doch statt.
line-reopened = Etwas, das abgeschlossen war, ist wieder offen.
line-goes-on-again = Etwas, das sich wiederholt und Pause hatte, geht weiter.
line-asks-join = Jemand möchte in den Kreis.
line-asked-contact = Du wirst gebeten, für ein Mitglied ohne Konto zu handeln.
line-invited = Du bist in einen Kreis eingeladen.
line-asked-take-repeating = Du wirst gefragt, ob du etwas übernehmen kannst, das sich wiederholt.
line-asked-come-repeating = Du wirst gefragt, ob du zu etwas kommen kannst, das sich wiederholt.
line-asked-take = Du wirst gefragt, ob du etwas übernehmen kannst.
line-asked-help = Du wirst gefragt, ob du bei etwas helfen kannst.
line-asked-take-longer = Du wirst gefragt, ob du etwas für länger übernehmen kannst.
line-asked-come = Du wirst gefragt, ob du zu etwas kommen kannst.

# What the list of notifications in the app says of reminders.
app-needed = Für etwas wird noch jemand gebraucht.
app-said-yes = Du hast etwas zugesagt. Es ist bald so weit.
app-coming = Etwas steht an, bei dem du dabei bist.

## Calendars

# The title of an event that an email carries, and its note. Other people see calendars.
event-appointment = Termin ({ $alias })
event-appointment-for = Termin für { $whom } ({ $alias })
event-help = Hilfe ({ $alias })
event-help-for = Hilfe für { $whom } ({ $alias })
event-answer = Bitte antworte in der E-Mail oder in der App. Eine Antwort, die ein Kalender schickt, liest niemand.

## Every page

page-footer = Kith hilft Familien, sich alles aufzuteilen, was zu tun ist. Niemand schaut hier rund um die Uhr nach: Ruf im Notfall Hilfe.
page-please-check = Bitte prüfen: { $title }
page-password-hint = Mindestens { $count } Zeichen. Mehrere Wörter hintereinander kann man sich gut merken.
page-gone = Dieser Link gilt nicht mehr
page-gone-text = Er wurde benutzt, zurückgezogen oder durch einen neueren ersetzt, oder er ist zu alt. Bitte um einen neuen Link.
page-too-many = Bitte warte ein wenig
page-too-many-text = Es waren zu viele Versuche. Versuch es in ein paar Minuten noch einmal.
page-busy = Bitte versuch es noch einmal
page-busy-text = Der Server ist ausgelastet. Versuch es in einer Minute noch einmal.
page-conflict = Das hat nicht geklappt
page-conflict-text = Öffne den Link noch einmal, um zu sehen, wie es jetzt ist.
page-incomplete = Dieser Link ist nicht vollständig
page-incomplete-text = Öffne ihn noch einmal aus der E-Mail.
page-failed = Bei uns ist etwas schiefgegangen
page-failed-text = Der Fehler ist aufgezeichnet. Bitte versuch es in ein paar Minuten noch einmal.
field-name-wrong = Dieser Name geht nicht. Bitte schreib einen anderen.
field-password-wrong = Dieses Passwort geht nicht. Bitte wähle ein längeres, das schwer zu erraten ist.
field-zone-wrong = Bitte wähle deine Zeitzone.

## The pages of an account

page-verify = Bestätige deine Adresse
page-verify-text = { $name } möchte { $email } bei Kith benutzen. Wenn du das bist, drück auf den Knopf. Wenn nicht, schließ diese Seite: Es ändert sich nichts.
page-verify-button = Ja, das ist meine Adresse
page-verified = Deine Adresse ist bestätigt
page-verified-text = Geh zurück in deine App und melde dich an.
page-reset = Wähle ein neues Passwort
page-reset-text = Es gilt für das Konto von { $email }. Wenn du es speicherst, werden alle Geräte abgemeldet.
page-reset-label = Neues Passwort
page-reset-button = Neues Passwort speichern
page-reset-done = Dein Passwort ist geändert
page-reset-done-text = Öffne deine App und melde dich mit dem neuen Passwort an. Alle Geräte sind abgemeldet.
page-confirm-email = Bestätige deine neue Adresse
page-confirm-email-text = Drück auf den Knopf, um dich von jetzt an mit { $email } bei Kith anzumelden.
page-confirm-email-button = Ja, diese Adresse benutzen
page-email-changed = Deine Adresse ist geändert
page-email-changed-text = Melde dich von jetzt an mit der neuen Adresse an. An die alte haben wir eine E-Mail geschickt.
page-undo-email = Hol dein Konto zurück
page-undo-email-text = Drück auf den Knopf, und dein Konto hat wieder die Adresse { $email }. Damit niemand anderes hineinkommt, geschieht auch das:
page-undo-email-devices = Alle Geräte werden abgemeldet.
page-undo-email-password = Das Passwort und alle persönlichen Zugriffstokens gelten nicht mehr.
page-undo-email-passkeys = Passkeys und eine Authenticator-App, die vor Kurzem hinzugefügt wurden, werden entfernt.
page-undo-email-then = Öffne danach deine App und fordere ein neues Passwort an. Du bekommst den Link dafür per E-Mail.
page-undo-email-button = Mein Konto zurückholen
page-email-undone = Dein Konto gehört wieder dir
page-email-undone-text = Öffne deine App und fordere ein neues Passwort an. Alle Geräte sind abgemeldet.

## The page of an invitation

page-invitation-title = Deine Einladung
page-invitation-invites = { $inviter } lädt dich ein: { $alias }
page-invitation-as = { $access ->
    [coordinator] Du koordinierst den Kreis, mit der Adresse { $email }.
    [caregiver] Du bist zum Pflegen dabei, mit der Adresse { $email }.
    [helper] Du bist zum Helfen dabei, mit der Adresse { $email }.
   *[viewer] Du bist zum Mitlesen dabei, mit der Adresse { $email }.
    }
page-invitation-as-patient = { $access ->
    [coordinator] Der Kreis ist für dich da, und du koordinierst ihn, mit der Adresse { $email }.
    [caregiver] Der Kreis ist für dich da, und du pflegst selbst mit, mit der Adresse { $email }.
    [helper] Der Kreis ist für dich da, und du hilfst selbst mit, mit der Adresse { $email }.
   *[viewer] Der Kreis ist für dich da, und du bist dabei, mit der Adresse { $email }.
    }
page-sees = Du siehst { $what }.
page-sees-only = Du siehst { $what }, aber nicht, was Familie, Gesundheit oder Entscheidungen betrifft.
page-sees-names = Du siehst nur die Namen der Mitglieder.
page-sees-everything = Du siehst alles im Kreis außer den direkten Gesprächen anderer.
page-topic-daily = was den Alltag betrifft
page-topic-family = Dinge der Familie
page-topic-health = Dinge der Gesundheit
page-topic-decisions = Entscheidungen der kranken Person
page-may-coordinator = Du kannst den Kreis, seine Mitglieder und alles darin verwalten.
page-may-patient = Du kannst Aufgaben und Termine planen, Aufgaben übernehmen, Nachrichten schreiben und festlegen, was andere sehen.
page-may-caregiver = Du kannst Aufgaben und Termine planen, Aufgaben übernehmen und Nachrichten schreiben.
page-may-helper = Du kannst Aufgaben übernehmen, Aufgaben vorschlagen und Nachrichten schreiben.
page-may-viewer = Du kannst lesen, was geplant ist, und sagen, ob du zu Terminen kommst.
page-invitation-until = Du kannst antworten bis { $until }.
page-invitation-join = Mitmachen: { $alias }
page-invitation-name = Dein Name
page-invitation-name-hint = Die Mitglieder des Kreises sehen ihn.
page-invitation-password = Dein neues Passwort
page-invitation-zone = Deine Zeitzone
page-invitation-zone-choose = Wähle deine Zeitzone
page-invitation-create = Konto erstellen und mitmachen
page-invitation-no = Nein, danke
page-invitation-no-hint = Wenn du Nein sagst, erfährt { $inviter } das. Wenn du nichts tust, passiert nichts.
page-joined = Willkommen
page-joined-text = Du bist im Kreis. Öffne deine App und melde dich an.
page-declined = Du hast die Einladung abgelehnt
page-declined-text = Wer dich eingeladen hat, erfährt das. Wenn du es dir anders überlegst, bitte um eine neue Einladung.
page-joined-before = Du bist schon im Kreis
page-joined-before-text = Du hast diese Einladung schon angenommen, darum kannst du sie nicht mehr ablehnen. In der App kannst du den Kreis verlassen.

## The page of a join link

page-link-expired = Dieser Link ist abgelaufen
page-link-expired-text = Seine Zeit ist vorbei. Lass dir einen neuen geben.
page-link-used-up = Dieser Link ist aufgebraucht
page-link-used-up-text = So viele, wie er zulässt, haben ihn benutzt. Lass dir einen neuen geben.
page-link-closed = Niemand kann mehr dazukommen
page-link-closed-text = Der Link war richtig, aber dieser Kreis nimmt niemanden mehr auf. Wenn du Fragen hast, sprich mit dem Mitglied, von dem du ihn hast.
page-link-revoked = Dieser Link wurde zurückgezogen
page-link-revoked-text = Er gilt nicht mehr. Lass dir einen neuen geben.
page-link = Du bist in einen Kreis eingeladen
page-link-text-approval = { $inviter } lädt dich ein: { $alias }. Öffne deine App, melde dich an oder erstelle ein Konto, und öffne diesen Link dort. Wer koordiniert, lässt dich herein.
page-link-text = { $inviter } lädt dich ein: { $alias }. Öffne deine App, melde dich an oder erstelle ein Konto, und öffne diesen Link dort. Du bist sofort im Kreis.

## The page that unsubscribes

page-off-title = E-Mails abbestellen
page-off-done = Diese E-Mails sind abbestellt
page-off-gets-no-more = { $name } ({ $address }) bekommt von { $alias } keine E-Mails mehr über:
page-off-mistake = War das ein Versehen, oder bist du nicht { $name }? Dann schalte sie wieder ein:
page-off-undo = Diese E-Mails wieder einschalten
page-off-in-app = { $name } kann das in der App sehen und die E-Mails dort wieder einschalten.
page-off-on = Diese E-Mails sind eingeschaltet
page-off-gets = { $name } ({ $address }) bekommt von { $alias } E-Mails über:
page-off-question = Diese E-Mails abbestellen?
page-off-will-get = { $name } ({ $address }) bekommt dann von { $alias } keine E-Mails mehr über:
page-off-only = Nur die E-Mails hören auf. Die Aufgaben und Termine von { $name } bleiben, wie sie sind. Wenn du nicht { $name } bist, hat dir jemand die E-Mail weitergeleitet: Schließ diese Seite.
page-off-button = Diese E-Mails abbestellen
about-reminders = Erinnerungen an das, was { $name } übernommen hat oder wobei { $name } dabei ist
about-questions = Fragen, ob { $name } etwas tun oder kommen kann
about-changes = Änderungen an dem, was { $name } übernommen hat oder wobei { $name } dabei ist
about-replies = Antworten auf das, worum { $name } andere gebeten hat, zum Beispiel eine abgelehnte Einladung
about-decisions = Entscheidungen über Aufgaben, die { $name } vorgeschlagen hat
about-people = Menschen, die dazukommen wollen oder vorgeschlagen werden, und Mitglieder ohne Konto, deren Kontakt { $name } ist
about-appointments = Termine, bei denen { $name } nicht dabei ist, wenn sie angesetzt, verschoben, abgesagt oder wieder angesetzt werden
about-suggestions = Aufgaben, die andere vorschlagen und die { $name } annehmen kann
about-open-soon = was weniger als einen Tag vor Beginn wieder frei ist, wenn es sonst niemand erfährt
about-open = was abgegeben wurde oder wieder frei ist und jemanden braucht
about-declined-soon = was weniger als einen Tag vor Beginn abgesagt wurde oder unsicher ist
about-handed-over = was jemand weniger als zwei Tage vor Beginn abgeben möchte

## The personal page

personal-hello = Hallo { $name }
personal-nothing = In den nächsten Tagen gibt es bei { $alias } nichts für dich.
personal-hand-over = Jemand bittet dich, etwas zu übernehmen
personal-today = Heute
personal-next-days = Die nächsten sieben Tage
personal-later = Später
personal-without-date = Ohne Datum
personal-by = Bis { $when }
personal-taken = Das haben andere übernommen. Du musst es nicht tun.
personal-mine = Du hast zugesagt.
personal-yes = Ja, das mache ich
personal-no = Nein, ich kann nicht
personal-done = Es ist erledigt
personal-release = Ich kann doch nicht
personal-private = Diese Seite ist nur für dich. Gib ihren Link nicht weiter.
personal-said-yes = Danke. Du hast zugesagt.
personal-said-no = Du hast abgesagt. Wer dich gefragt hat, erfährt das.
personal-said-release = Du hast es zurückgegeben. Wer sich auf dich verlassen hat, erfährt das.
personal-said-done = Danke. Es ist erledigt.
personal-said-unsure = Du hast gesagt, dass du noch nicht sicher bist.
personal-did-not-work = Das hat nicht geklappt. { $why }
personal-has-changed = Das hat nicht geklappt, weil sich etwas geändert hat. So ist es jetzt.
personal-did-not-work-why = Es hat sich inzwischen geändert. So ist es jetzt.
personal-paused = Die Aufgaben zu Hause können warten: Dieser Kreis macht Pause.
personal-in-memory = Dieser Kreis bleibt als Erinnerung bestehen. Du musst nichts tun. Alles, was geplant war, ist abgesagt. Danke, dass du da warst.
personal-archived = Dieser Kreis ist archiviert. Du musst nichts tun. Danke für deine Hilfe.
personal-ending = Dieser Kreis endet bald. Du musst nichts tun. Danke für deine Hilfe.
personal-drive = Fahren
personal-companion = Mitkommen und Gesellschaft leisten
personal-notes = Mitkommen und mitschreiben
personal-children = Auf die Kinder aufpassen
personal-interpret = Mitkommen und dolmetschen
personal-from = Von: { $place }
personal-to = Nach: { $place }
personal-appointment = Ein Termin
# A role whose title nobody chose.
personal-role-medication = Medikamente
personal-role-transport = Fahren
personal-role-meals = Mahlzeiten
personal-role-finance-insurance = Geld und Versicherungen
personal-role-child-care = Kinderbetreuung
personal-role-pets = Haustiere
personal-role-household = Haushalt
personal-role-communication = Andere auf dem Laufenden halten
personal-role-night-care = Nächte
personal-role-appointments = Termine

## The page behind the button in an email

respond-as = Du antwortest als { $name }.
respond-for = Du antwortest für { $name }.
# Before a phone number.
respond-call = Fragen? Ruf { $name } an:
respond-app-says = Die App sagt, was es ist.
respond-not-you = Wenn du nicht { $name } bist, hat dir jemand die E-Mail weitergeleitet: Schließ diese Seite.
respond-not-acting = Wenn du nicht für { $name } handelst, schließ diese Seite.
respond-moved = Die Zeit hat sich geändert. Sieh sie dir an und antworte noch einmal.
respond-not-allowed = Das hat nicht geklappt. Du darfst das nicht mehr.
# The link no longer works.
respond-off-text = Er wurde abgeschaltet oder ist zu alt. Öffne deine App, um zu antworten, oder nimm die neueste E-Mail.
respond-not-in-circle = Du bist jetzt nicht in diesem Kreis dabei. Du musst nichts tun. Danke für deine Hilfe.
respond-not-seen = Das ist nicht mehr für dich. Du musst nichts tun. Danke für deine Hilfe.
respond-proposed = Das muss noch genehmigt werden. Du kannst später antworten.
respond-declined-visit = Du hast abgesagt. Du kannst trotzdem kommen.
respond-declined = Du machst das nicht, und es wird noch jemand gebraucht.
respond-part-done = Dein Teil ist erledigt. Danke.
respond-open = Dafür wird jemand gebraucht.
respond-covered = Es haben genug zugesagt. Du musst es nicht tun. Danke, dass du nachgesehen hast.
respond-not-asked = Danach wirst du nicht gefragt. Du musst nichts tun.
respond-done = Das ist erledigt. Du musst nichts tun. Danke.
respond-canceled = Das ist abgesagt. Du musst nichts tun.
respond-over = Die Zeit dafür ist vorbei. Du musst nichts tun.
respond-yes-come = Ja, ich komme
respond-unsure = Ich bin noch nicht sicher
respond-no-come = Nein, ich kann nicht kommen
respond-claim = Ich kann das machen

## The operator

test-mail-subject = Eine Test-E-Mail von Kith
test-mail-text =
    Das ist ein Test. Die E-Mails deines Kith-Servers unter { $address }
    kommen bei dieser Adresse an.
