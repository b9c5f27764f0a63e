# English. The words of emails and pages; `docs/languages.md` explains this file.
# A line break in a message is a line break in the text version of an email.

## The language

language-name = English
# ltr or rtl
language-direction = ltr

## Days and times

time-clock = { $day }, { $clock }
time-day = { $weekday } { $day } { $month } { $year }
time-short-day = { $weekday } { $day } { $month }
time-days = { $first } to { $last }
time-weekday = { $which ->
    [mon] Mon
    [tue] Tue
    [wed] Wed
    [thu] Thu
    [fri] Fri
    [sat] Sat
   *[sun] Sun
    }
time-month = { $which ->
    [jan] January
    [feb] February
    [mar] March
    [apr] April
    [may] May
    [jun] June
    [jul] July
    [aug] August
    [sep] September
    [oct] October
    [nov] November
   *[dec] December
    }

## Lists and names

list-comma = ,{ " " }
list = { $first } and { $last }
# Stands after "for": "for you and Rosa".
list-you = you
# Instead of a name that must not be shown. After "for", and at the beginning of a sentence.
somebody-after-for = somebody
somebody-first = Somebody
# After "Hello", instead of such a name.
name-after-hello = there
device-without-name = a device

## Every email

hello = Hello { $name },
hello-unnamed = Hello,
email-footer = Kith helps families share what there is to do. It is not a monitored service: in an emergency, call for help.
email-not-monitored = Kith is not a monitored service: in an emergency, call for help.
email-no-replies = Please do not reply to this email: nobody reads replies.
email-open-app = Open your app to see the details.
button-confirm-address = Confirm this address
button-answer = Answer
# Before the address of the page where they answer.
answer-without-sign-in = Answer without signing in:

## Registration and sign-in

verify-email-subject = Confirm your email address
verify-email-code = Type this code in the app where you registered with Kith:
code-line = Code: { $code }
verify-email-or-page = Or open this page and confirm there:
verify-email-or-here = Or confirm here:
verify-email-works-page =
    The code works for 15 minutes, the page for 24 hours. If you did not register,
    ignore this email: without your confirmation there is no account.
verify-email-works-button = The code works for 15 minutes, the button for 24 hours. If you did not register, ignore this email: without your confirmation there is no account.

account-exists-subject = You already have an account
account-exists-sign-in =
    You already have a Kith account with this email address: sign in with it. If you
    forgot your password, ask your app for a new one.
account-exists-somebody =
    Somebody, probably you, tried to register this address again. If it was not you,
    there is nothing to do. Nothing was changed.

reset-password-subject = Choose a new password
reset-password-here = Choose a new password for your Kith account here:
reset-password-button-above = Choose a new password for your Kith account:
reset-password-button = Choose a new password
reset-password-works-page =
    The page works for 30 minutes. Somebody, probably you, asked for a new password. If
    it was not you, ignore this email: your password stays as it is.
reset-password-works-button = The button works for 30 minutes. Somebody, probably you, asked for a new password. If it was not you, ignore this email: your password stays as it is.

sign-in-code-subject = Your sign-in code
sign-in-code-type = Type this code on the device where you want to sign in to Kith:
sign-in-code-type-device = Type this code on the device where you want to sign in to Kith ({ $device }):
sign-in-code-works =
    It works for ten minutes. Never tell it to anybody: nobody from Kith will ask you
    for it. If you did not ask for a code, ignore this email.

## The address of an account

confirm-address-subject = Confirm your new email address
confirm-address-confirm = Confirm this new email address of your Kith account:
confirm-address-works-page =
    The page works for 24 hours. If you did not ask for this, ignore this email:
    nothing changes.
confirm-address-works-button = The button works for 24 hours. If you did not ask for this, ignore this email: nothing changes.

address-taken-subject = This address already has an account
address-taken-account =
    You already have a Kith account with this email address, so no other account can
    use it. Nothing was changed.
address-taken-somebody =
    Somebody, perhaps you, wanted to move another account to this address. If it was
    not you, there is nothing to do.

address-changed-subject = Your email address was changed
address-changed-new =
    Your Kith account has a new email address. From now on its emails go there, and no
    longer to this address.
address-changed-undo = If you did not change it, undo the change within three days:
address-changed-button = Undo the change
address-changed-then =
    Your account then has this address again, and you choose a new password. Every
    device is signed out. Passkeys and an authenticator app that were added lately are
    removed.

## The deletion of an account, and tokens

account-deletion-subject = Your account will be deleted
account-deletion-on = Your Kith account will be deleted, as you asked, on
account-deletion-keep =
    To keep it, sign in before then and cancel the deletion. Until then you can still
    look around and export your data. What you had claimed is already open to others.
account-deletion-not-you =
    If you did not ask for this, sign in now, cancel the deletion and choose another
    password.

account-erased-subject = Your account is deleted
account-erased-last =
    Your Kith account is deleted, as you asked, and this email address is erased with
    it. This is the last email you get from us.

token-expiry-subject = Your personal access token expires soon
token-expiry-when =
    One of your personal access tokens expires on
    { $until }.
    You created it on
    { $made }.
token-expiry-new =
    If the program that uses it still needs access, create a new token in your app
    before then. If not, there is nothing to do.

## What happened to an account

news-when = When: { $when }
news-device = Device: { $device }
news-network = Network: { $network }
news-advice =
    If it was you, there is nothing to do. If it was not you, ask your app for a new
    password now: you get a link at this address, and the new password signs out every
    device.
news-advice-signed-out = Sign in again on this device. If you do not know the device or the network, or if this happens again, ask your app for a new password now: it sends a link to this address and signs out every device.
news-totp-added-subject = An authenticator app was added
news-totp-added = An authenticator app was added to your account with Kith. From now on you need a code from it to sign in.
news-totp-removed-subject = The authenticator app was removed
news-totp-removed = The authenticator app of your account with Kith was removed. You no longer need a code from it to sign in.
news-codes-replaced-subject = Your recovery codes were replaced
news-codes-replaced = Your account with Kith has new recovery codes. The old ones no longer work.
news-code-used-subject = A recovery code was used
news-code-used = Somebody signed in to your account with Kith with one of your recovery codes.
news-passkey-added-subject = A passkey was added
news-passkey-added = A passkey was added to your account with Kith. From now on it can be used to sign in, also after you set a new password. If it is not yours, set a new password, sign in, and delete the passkey.
news-passkey-deleted-subject = A passkey was deleted
news-passkey-deleted = A passkey of your account with Kith was deleted. It can no longer be used to sign in.
news-password-deleted-subject = Your password was deleted
news-password-deleted = The password of your account with Kith was deleted. You sign in with a passkey now.
news-new-device-subject = A new device signed in
news-new-device = A device that had not been used before signed in to your account with Kith.
news-after-failures-subject = Somebody signed in after several wrong tries
news-after-failures = Somebody signed in to your account with Kith after five or more wrong tries.
news-signed-out-subject = A device was signed out for safety
news-signed-out = A device was signed out of your account with Kith, because its sign-in was used twice. This is harmless if an app was open in two tabs that renewed the sign-in at the same time, or if an app lost an answer from the server and asked again. But it can also mean that somebody copied the sign-in and used it.
news-password-changed-subject = Your password was changed
news-password-changed = The password of your account with Kith was changed.
news-token-created-subject = A personal access token was created
news-token-created = A device that is signed in to your account with Kith created a personal access token for a program.

## Circles

# What emails call a circle if nobody chose another name.
circle-alias = { $name }'s circle
circle-alias-unnamed = a family circle

invitation-subject = { $inviter } invites you to { $alias }
invitation-invites =
    { $inviter } invites you to { $alias } on Kith, where a family
    shares what there is to do.
invitation-here = Look at the invitation and answer it here, with yes or no:
invitation-button = Look at the invitation
invitation-until-page =
    You can answer until { $until }.
    You need no account to say no.
invitation-until-button = You can answer until { $until }. To say no, press the button too, and then “No, thank you”. You need no account for that.
invitation-unknown =
    If you do nothing, nothing happens: the invitation ends by itself. So if you do not
    know { $inviter }, ignore this email.

circle-ending-subject = { $alias } will be deleted
circle-ending-on = { $alias } will be deleted, with everything in it, on
circle-ending-keep =
    A member asked for this. To keep the circle, cancel the deletion in the app before
    then. The patient can do that. Coordinators can do it too, unless the patient asked
    for the deletion.
circle-ending-until =
    Until then, members can still read and write in the circle, and export what they
    can see. Kith sends no more reminders or notifications about it. They start again
    when the deletion is canceled.

circle-kept-subject = { $alias } will not be deleted
circle-kept =
    { $alias } will not be deleted: the deletion is canceled.
    You get reminders from it again.

circle-paused-subject = { $alias } is paused
circle-paused = { $alias } is paused.
circle-paused-until =
    Until it goes on, you get no reminders of tasks and no news about them. Appointments
    go on as planned.

circle-resumed-subject = { $alias } goes on
circle-resumed = { $alias } goes on.
circle-resumed-look = You get reminders of tasks again. Please look in the app at what is still ahead.

circle-in-memory-subject = A message from { $alias }
circle-in-memory = { $alias } is kept in memory from now on.
circle-in-memory-nothing =
    There is nothing that you have to do. Everything that was planned is canceled, and
    you get no more reminders from it.
circle-in-memory-stays =
    What was written stays. You can read it whenever you like, and you can still write
    to each other.

succession-requested-subject = A new coordinator for { $alias }?
succession-requested =
    In { $alias }, members ask that another member becomes coordinator, because
    nobody has coordinated it for a while. Unless a coordinator objects in the app,
    this happens on
succession-ended-subject = No new coordinator for { $alias }
succession-ended = In { $alias }, nobody else becomes coordinator: the request for it has ended.
new-coordinator-subject = { $alias } has a new coordinator
new-coordinator = { $alias } has a new coordinator. You see in the app who it is.
proxy-active-subject = A change in { $alias }
proxy-active =
    In { $alias }, a member decides for the patient from now on. They can set what
    each member sees. You see in the app who it is.
proxy-active-end = The patient can end this at any time.

## Reminders

reminder-subject = A reminder from { $alias }: { $which }
reminder-subject-for = A reminder from { $alias } for { $whom }: { $which }
reminder-subject-needed = Somebody is needed in { $alias }: { $which }
reminder-subject-needed-for = Somebody is needed in { $alias } for { $whom }: { $which }
reminder-subject-yes = You said yes in { $alias }: { $which }
reminder-needed = Something in { $alias } still needs somebody:
reminder-needed-for = This is for { $whom }. Something in { $alias } still needs somebody:
reminder-yes = You said yes to something in { $alias }. It is soon:
reminder-yes-for = This is for { $whom }. They said yes to something in { $alias }. It is soon:
reminder-coming = Something that you take part in is coming up in { $alias }:
reminder-coming-for = This is for { $whom }. Something is coming up in { $alias }:
reminder-open-app = Open your app to see what it is.
reminder-open-app-more = Open your app to see more.
reminder-unsubscribe = Unsubscribe from the reminders of { $alias }
reminder-unsubscribe-needed = Unsubscribe from these emails of { $alias }
# In the text version, before the address of a page.
unsubscribe-line = { $what }:

# When it is, and how long before that the reminder is.
reminder-which = { $when } ({ $how-long })
reminder-now = now
reminder-before-minutes = { $count ->
    [one] { $count } minute before
   *[other] { $count } minutes before
    }
reminder-before-hours = { $count ->
    [one] { $count } hour before
   *[other] { $count } hours before
    }
reminder-before-days = { $count ->
    [one] { $count } day before
   *[other] { $count } days before
    }
reminder-left-minutes = { $count ->
    [one] in { $count } minute
   *[other] in { $count } minutes
    }
reminder-left-hours = { $count ->
    [one] in { $count } hour
   *[other] in { $count } hours
    }
reminder-left-days = { $count ->
    [one] in { $count } day
   *[other] in { $count } days
    }
reminder-left-about-hours = { $count ->
    [one] in about { $count } hour
   *[other] in about { $count } hours
    }
reminder-left-about-days = { $count ->
    [one] in about { $count } day
   *[other] in about { $count } days
    }

## Notifications

notifications-subject = Updates from { $alias }
notifications-subject-for = Updates from { $alias } for { $whom }
notifications-intro = There are updates in { $alias }:
notifications-intro-for = There are updates for { $whom } in { $alias }. "You" in these lines is { $whom }:
notifications-intro-for-html = There are updates for { $whom } in { $alias }. “You” in these lines is { $whom }:
notifications-unsubscribe = Unsubscribe from emails like this from { $alias }
line-was = It was: { $when }
line-now = It is now: { $when }
line-when = When: { $when }
line-what = What: { $what }

# What something is, for readers who chose to be told. After "What:".
what-in-place = { $what } ({ $place })
what-task = a task
what-task-series = a task that repeats
what-appointment = an appointment
what-appointment-series = an appointment that repeats
what-ride = a ride
what-company = company
what-notes = taking notes
what-children = child care
what-interpreting = interpreting
what-role = a role

line-done = Something you said yes to is done. You do not need to do it.
line-asked-anew = Something has moved. You are asked again whether you can.
line-no-part = You are no longer part of something. You do not need to do it.
line-still-to-be-done = Its time has passed, but it still needs to be done.
line-rejected = Something you suggested was not approved.
line-approved-done = Something you suggested was approved and is done.
line-approved-canceled = Something you suggested was approved, but then it was canceled.
line-approved = Something you suggested was approved.
line-need-not-come = You do not need to come to something any more.
line-canceled = Something was canceled.
line-handover-opened = Somebody wants to hand something over. It needs somebody else.
line-handover-ended = You still have what you wanted to hand over: it was not taken over.
line-placed = A coordinator gave you something in place of somebody else. You have it now.
line-scheduled-asked = Something was scheduled. You are asked whether you can come.
line-scheduled = Something was scheduled.
line-moved = Something has moved.
line-proposed = Somebody suggests a task. You can approve it.
line-join-requested = Somebody asks to join the circle. You can let them in or decline.
line-join-approved = You asked to join, and you are in the circle now.
line-person-proposed = Somebody proposes a person to invite. You can approve or reject it.
line-contact-you = You are the contact of a member without an account now. Their emails come to you.
line-contact-changed = A member without an account has another contact now.
line-released = Somebody can no longer do something. It needs somebody else.
line-not-coming = Somebody who was going to come is not coming.
line-open-again = Something is open again and needs somebody.
line-unsure = Somebody who was going to come is no longer sure.
line-ends-asked = Something ends at another time. You are asked whether you can.
line-ends = Something ends at another time now.
line-declined-help = Somebody who was asked to help has declined.
line-declined-come = Somebody who was asked to come has declined.
line-declined-invitation = Somebody who was invited to the circle has declined.
line-changed = Something you take part in has changed, but not its time.
line-changed-repeating = Something that repeats has changed. Look at its dates.
line-on-again = Something that was canceled is on again.
line-reopened = Something that was closed is open again.
line-goes-on-again = Something that repeats and had a break goes on again.
line-asks-join = Somebody asks to join the circle.
line-asked-contact = You are asked to act for a member without an account.
line-invited = You are invited to a circle.
line-asked-take-repeating = You are asked whether you can take something on that repeats.
line-asked-come-repeating = You are asked whether you can come to something that repeats.
line-asked-take = You are asked whether you can take something on.
line-asked-help = You are asked whether you can help with something.
line-asked-take-longer = You are asked whether you can take something on for longer.
line-asked-come = You are asked whether you can come to something.

# What the list of notifications in the app says of reminders.
app-needed = Something still needs somebody.
app-said-yes = You said yes to something. It is soon.
app-coming = Something that you take part in is coming up.

## Calendars

# The title of an event that an email carries, and its note. Other people see calendars.
event-appointment = Appointment ({ $alias })
event-appointment-for = Appointment for { $whom } ({ $alias })
event-help = Help ({ $alias })
event-help-for = Help for { $whom } ({ $alias })
event-answer = Please answer in the email or in the app. Nobody gets an answer that a calendar sends.

## Every page

page-footer = Kith helps families share what there is to do. Nobody watches it for emergencies: in an emergency, call for help.
page-please-check = Please check: { $title }
page-password-hint = At least { $count } characters. Several words in a row are easy to remember.
page-gone = This link no longer works
page-gone-text = It was used, withdrawn or replaced by a newer one, or it is too old. Ask for a new link.
page-too-many = Please wait a little
page-too-many-text = There were too many attempts. Try again in a few minutes.
page-busy = Please try again
page-busy-text = The server is busy. Try again in a minute.
page-conflict = That did not work
page-conflict-text = Open the link again to see how things are now.
page-incomplete = This link is not complete
page-incomplete-text = Open it again from the email.
page-failed = Something went wrong on our side
page-failed-text = We have recorded the error. Please try again in a few minutes.
# Said in place of a more exact sentence, which is English only.
field-name-wrong = This name cannot be used. Please write another one.
field-password-wrong = This password cannot be used. Please choose a longer one that is hard to guess.
field-zone-wrong = Please choose your time zone.

## The pages of an account

page-verify = Confirm your address
page-verify-text = { $name } wants to use { $email } with Kith. If this is you, press the button. If not, close this page: nothing changes.
page-verify-button = Yes, this is my address
page-verified = Your address is confirmed
page-verified-text = Go back to your app and sign in.
page-reset = Choose a new password
page-reset-text = It is for the account of { $email }. When you save it, all devices are signed out.
page-reset-label = New password
page-reset-button = Save the new password
page-reset-done = Your password is changed
page-reset-done-text = Open your app and sign in with the new password. All devices are signed out.
page-confirm-email = Confirm your new address
page-confirm-email-text = Press the button to sign in to Kith with { $email } from now on.
page-confirm-email-button = Yes, use this address
page-email-changed = Your address is changed
page-email-changed-text = From now on, sign in with your new address. We sent an email to the old one.
page-undo-email = Take your account back
page-undo-email-text = Press the button, and your account gets the address { $email } again. To keep other people out, this happens too:
page-undo-email-devices = All devices are signed out.
page-undo-email-password = The password and all personal access tokens stop working.
page-undo-email-passkeys = Passkeys and an authenticator app that were added recently are removed.
page-undo-email-then = Then open your app and request a new password. You get a link for it by email.
page-undo-email-button = Take my account back
page-email-undone = Your account is back
page-email-undone-text = Open your app and request a new password. All devices are signed out.

## The page of an invitation

page-invitation-title = Your invitation
page-invitation-invites = { $inviter } invites you to { $alias }
page-invitation-as = { $access ->
    [coordinator] You join as a coordinator, with the address { $email }.
    [caregiver] You join as a caregiver, with the address { $email }.
    [helper] You join as a helper, with the address { $email }.
   *[viewer] You join as a viewer, with the address { $email }.
    }
page-invitation-as-patient = { $access ->
    [coordinator] You join as the patient and a coordinator, with the address { $email }.
    [caregiver] You join as the patient and a caregiver, with the address { $email }.
    [helper] You join as the patient and a helper, with the address { $email }.
   *[viewer] You join as the patient and a viewer, with the address { $email }.
    }
page-sees = You see { $what }.
page-sees-only = You see { $what }, but not what is about family, health or decisions.
page-sees-names = You see only the names of the members.
page-sees-everything = You see everything in the circle, except direct threads of others.
page-topic-daily = what is about everyday life
page-topic-family = family matters
page-topic-health = health
page-topic-decisions = decisions of the patient
page-may-coordinator = You can manage the circle, its members and everything in it.
page-may-patient = You can plan tasks and appointments, claim tasks, write messages, and set what others see.
page-may-caregiver = You can plan tasks and appointments, claim tasks and write messages.
page-may-helper = You can claim tasks, suggest tasks and write messages.
page-may-viewer = You can read what is planned, and say whether you come to appointments.
page-invitation-until = You can answer until { $until }.
page-invitation-join = Join { $alias }
page-invitation-name = Your name
page-invitation-name-hint = The members of the circle see it.
page-invitation-password = Your new password
page-invitation-zone = Your time zone
page-invitation-zone-choose = Choose your time zone
page-invitation-create = Create an account and join
page-invitation-no = No, thank you
page-invitation-no-hint = If you say no, { $inviter } is told. If you do nothing, nothing happens.
page-joined = Welcome
page-joined-text = You are in the circle. Open your app and sign in.
page-declined = You declined the invitation
page-declined-text = The member who invited you is told. If you change your mind, ask them for a new invitation.
page-joined-before = You are in the circle already
page-joined-before-text = You used this invitation to join, so you cannot decline it any more. You can leave the circle in the app.

## The page of a join link

page-link-expired = This link has expired
page-link-expired-text = Its time is over. Ask the member who gave it to you for a new one.
page-link-used-up = This link is used up
page-link-used-up-text = As many people as it allows have used it. Ask the member who gave it to you for a new one.
page-link-closed = Nobody can join any more
page-link-closed-text = The link worked, but this circle takes nobody in any more. If you have questions, ask the member who gave it to you.
page-link-revoked = This link was revoked
page-link-revoked-text = It does not work any more. Ask the member who gave it to you for a new one.
page-link = You are invited to a circle
page-link-text-approval = { $inviter } invites you to { $alias }. Open your app, sign in or create an account, and open this link there. A coordinator lets you in.
page-link-text = { $inviter } invites you to { $alias }. Open your app, sign in or create an account, and open this link there. You are in the circle at once.

## The page that unsubscribes

page-off-title = Turn emails off
page-off-done = These emails are off
page-off-gets-no-more = { $name } ({ $address }) gets no more emails from { $alias } about:
page-off-mistake = Was this a mistake, or are you not { $name }? Then turn them on again:
page-off-undo = Turn these emails on again
page-off-in-app = { $name } can see this in the app and turn the emails on again there.
page-off-on = These emails are on
page-off-gets = { $name } ({ $address }) gets emails from { $alias } about:
page-off-question = Turn these emails off?
page-off-will-get = { $name } ({ $address }) will get no more emails from { $alias } about:
page-off-only = Only the emails stop. The tasks and appointments of { $name } stay as they are. If you are not { $name }, somebody forwarded the email to you: close this page.
page-off-button = Turn these emails off
about-reminders = reminders of what { $name } claimed or takes part in
about-questions = questions whether { $name } can do something or come
about-changes = changes to what { $name } claimed or takes part in
about-replies = replies to what { $name } asked of others, such as an invitation that was declined
about-decisions = decisions about tasks that { $name } suggested
about-people = people who ask to join or are proposed, and members without an account whose contact { $name } is
about-appointments = appointments in which { $name } has no part, when they are scheduled, moved, canceled or reinstated
about-suggestions = tasks that others suggest and { $name } can approve
about-open-soon = what is open again less than a day before it begins, if nobody else is told
about-open = what was released or is open again and needs somebody
about-declined-soon = what was declined or became unsure, less than a day before it begins
about-handed-over = what somebody wants to hand over, less than two days before it begins

## The personal page

personal-hello = Hello { $name }
personal-nothing = There is nothing for you in { $alias } in the next days.
personal-hand-over = Somebody asks you to take over
personal-today = Today
personal-next-days = The next seven days
personal-later = Later
personal-without-date = Without a date
personal-by = By { $when }
personal-taken = Others have taken this. You do not need to do it.
personal-mine = You said yes.
personal-yes = Yes, I will
personal-no = No, I cannot
personal-done = It is done
personal-release = I cannot after all
personal-private = This page is only for you. Do not pass its link on.
personal-said-yes = Thank you. You said yes.
personal-said-no = You said no. Those who asked you are told.
personal-said-release = You gave it back. Those who relied on you are told.
personal-said-done = Thank you. It is done.
personal-said-unsure = You said that you are not sure.
personal-did-not-work = That did not work. { $why }
personal-has-changed = That did not work, because something has changed. This is how it is now.
personal-did-not-work-why = It has changed in the meantime. This is how it is now.
personal-paused = Tasks at home can wait: this circle is paused.
personal-in-memory = This circle is kept in memory. There is nothing that you have to do. Everything that was planned is canceled. Thank you for being there.
personal-archived = This circle is archived. There is nothing that you have to do. Thank you for your help.
personal-ending = This circle ends soon. There is nothing that you have to do. Thank you for your help.
personal-drive = Drive
personal-companion = Come along and keep company
personal-notes = Come along and take notes
personal-children = Look after the children
personal-interpret = Come along and interpret
personal-from = From: { $place }
personal-to = To: { $place }
personal-appointment = An appointment
# A role whose title nobody chose.
personal-role-medication = Medicines
personal-role-transport = Driving
personal-role-meals = Meals
personal-role-finance-insurance = Money and insurance
personal-role-child-care = Child care
personal-role-pets = Pets
personal-role-household = Household
personal-role-communication = Keeping others informed
personal-role-night-care = Nights
personal-role-appointments = Appointments

## The page behind the button in an email

respond-as = You answer as { $name }.
respond-for = You answer for { $name }.
# Before a phone number.
respond-call = Questions? Call { $name }:
respond-app-says = The app says what this is.
respond-not-you = If you are not { $name }, somebody forwarded the email to you: close this page.
respond-not-acting = If you do not act for { $name }, close this page.
respond-moved = The time has changed. Look at it, and answer again.
respond-not-allowed = That did not work. You may not do this any more.
# The link no longer works.
respond-off-text = It was switched off, or it is too old. Open your app to answer, or use the newest email.
respond-not-in-circle = You do not take part in this circle now. There is nothing that you have to do. Thank you for your help.
respond-not-seen = This is not for you any more. There is nothing that you have to do. Thank you for your help.
respond-proposed = This waits for approval. You can answer later.
respond-declined-visit = You said no. You can still come.
respond-declined = You do not do this, and it still needs somebody.
respond-part-done = Your part is done. Thank you.
respond-open = This needs somebody.
respond-covered = Enough people have said yes. You do not need to do it. Thank you for looking.
respond-not-asked = You are not asked about this. You do not need to do anything.
respond-done = This is done. You do not need to do anything. Thank you.
respond-canceled = This is canceled. You do not need to do anything.
respond-over = The time of this is over. You do not need to do anything.
respond-yes-come = Yes, I will come
respond-unsure = I am not sure yet
respond-no-come = No, I cannot come
respond-claim = I can do it

## The operator

test-mail-subject = A test email from Kith
test-mail-text =
    This is a test. The emails of your Kith server at { $address }
    reach this address.
