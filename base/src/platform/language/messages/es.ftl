# Español, de tú. The words of emails and pages; `docs/languages.md` explains this file.

## The language

language-name = Español
# ltr or rtl
language-direction = ltr

## Days and times

time-clock = { $day }, { $clock }
time-day = { $weekday } { $day } de { $month } de { $year }
time-short-day = { $weekday } { $day } de { $month }
time-days = { $first } a { $last }
time-weekday = { $which ->
    [mon] lun
    [tue] mar
    [wed] mié
    [thu] jue
    [fri] vie
    [sat] sáb
   *[sun] dom
    }
time-month = { $which ->
    [jan] enero
    [feb] febrero
    [mar] marzo
    [apr] abril
    [may] mayo
    [jun] junio
    [jul] julio
    [aug] agosto
    [sep] septiembre
    [oct] octubre
    [nov] noviembre
   *[dec] diciembre
    }

## Lists and names

list-comma = ,{ " " }
list = { $first } y { $last }
list-you = ti
somebody-after-for = alguien
somebody-first = Alguien
name-after-hello = qué tal
device-without-name = un dispositivo

## Every email

hello = Hola, { $name }:
hello-unnamed = Hola:
email-footer = Kith ayuda a las familias a repartirse lo que hay que hacer. No es un servicio vigilado: en una emergencia, pide ayuda por teléfono.
email-not-monitored = Kith no es un servicio vigilado: en una emergencia, pide ayuda por teléfono.
email-no-replies = No respondas a este correo: nadie lee las respuestas.
email-open-app = Abre tu aplicación para ver los detalles.
button-confirm-address = Confirmar esta dirección
button-answer = Responder
# Before the address of the page where they answer.
answer-without-sign-in = Responde sin iniciar sesión:

## Registration and sign-in

verify-email-subject = Confirma tu correo electrónico
verify-email-code = Escribe este código en la aplicación donde te registraste en Kith:
code-line = Código: { $code }
verify-email-or-page = O abre esta página y confírmalo allí:
verify-email-or-here = O confírmalo aquí:
verify-email-works-page =
    El código sirve durante 15 minutos; la página, durante 24 horas. Si no te
    registraste, no hagas caso de este correo: sin tu confirmación no hay cuenta.
verify-email-works-button = El código sirve durante 15 minutos; el botón, durante 24 horas. Si no te registraste, no hagas caso de este correo: sin tu confirmación no hay cuenta.

account-exists-subject = Ya tienes una cuenta
account-exists-sign-in =
    Ya tienes una cuenta de Kith con este correo electrónico: entra con ella. Si
    olvidaste tu contraseña, pide una nueva en tu aplicación.
account-exists-somebody =
    Alguien, seguramente tú, intentó registrar otra vez esta dirección. Si no fuiste
    tú, no tienes que hacer nada. No ha cambiado nada.

reset-password-subject = Elige una contraseña nueva
reset-password-here = Elige aquí una contraseña nueva para tu cuenta de Kith:
reset-password-button-above = Elige una contraseña nueva para tu cuenta de Kith:
reset-password-button = Elegir una contraseña nueva
reset-password-works-page =
    La página sirve durante 30 minutos. Alguien, seguramente tú, pidió una contraseña
    nueva. Si no fuiste tú, no hagas caso de este correo: tu contraseña sigue igual.
reset-password-works-button = El botón sirve durante 30 minutos. Alguien, seguramente tú, pidió una contraseña nueva. Si no fuiste tú, no hagas caso de este correo: tu contraseña sigue igual.

sign-in-code-subject = Tu código para entrar
sign-in-code-type = Escribe este código en el dispositivo donde quieres entrar en Kith:
sign-in-code-type-device = Escribe este código en el dispositivo donde quieres entrar en Kith ({ $device }):
sign-in-code-works =
    Sirve durante diez minutos. No se lo digas nunca a nadie: en Kith nadie te lo va a
    pedir. Si no pediste ningún código, no hagas caso de este correo.

## The address of an account

confirm-address-subject = Confirma tu nuevo correo electrónico
confirm-address-confirm = Confirma este nuevo correo electrónico de tu cuenta de Kith:
confirm-address-works-page =
    La página sirve durante 24 horas. Si no pediste esto, no hagas caso de este correo:
    no cambia nada.
confirm-address-works-button = El botón sirve durante 24 horas. Si no pediste esto, no hagas caso de este correo: no cambia nada.

address-taken-subject = Esta dirección ya tiene una cuenta
address-taken-account =
    Ya tienes una cuenta de Kith con este correo electrónico, así que ninguna otra
    cuenta puede usarlo. No ha cambiado nada.
address-taken-somebody =
    Alguien, quizá tú, quiso pasar otra cuenta a esta dirección. Si no fuiste tú, no
    tienes que hacer nada.

address-changed-subject = Tu correo electrónico ha cambiado
address-changed-new =
    Tu cuenta de Kith tiene un correo electrónico nuevo. Desde ahora sus mensajes
    llegan allí, y ya no a esta dirección.
address-changed-undo = Si no lo cambiaste tú, deshaz el cambio en los próximos tres días:
address-changed-button = Deshacer el cambio
address-changed-then =
    Tu cuenta vuelve entonces a tener esta dirección, y eliges una contraseña nueva. Se
    cierra la sesión en todos los dispositivos. Se quitan las llaves de acceso y la
    aplicación de autenticación añadidas hace poco.

## The deletion of an account, and tokens

account-deletion-subject = Tu cuenta se va a eliminar
account-deletion-on = Tu cuenta de Kith se eliminará, como pediste, el
account-deletion-keep =
    Para conservarla, entra antes y cancela la eliminación. Hasta entonces puedes seguir
    mirando y exportar tus datos. Aquello de lo que te encargabas ya está libre para otras
    personas.
account-deletion-not-you =
    Si no pediste esto, entra ahora, cancela la eliminación y elige otra contraseña.

account-erased-subject = Tu cuenta está eliminada
account-erased-last =
    Tu cuenta de Kith está eliminada, como pediste, y con ella se borra este correo
    electrónico. Este es el último mensaje que recibes de nosotros.

token-expiry-subject = Tu token de acceso personal caduca pronto
token-expiry-when =
    Uno de tus tokens de acceso personal caduca el
    { $until }.
    Lo creaste el
    { $made }.
token-expiry-new =
    Si el programa que lo usa aún necesita acceso, crea antes un token nuevo en tu
    aplicación. Si no, no tienes que hacer nada.

## What happened to an account

news-when = Cuándo: { $when }
news-device = Dispositivo: { $device }
news-network = Red: { $network }
news-advice =
    Si fuiste tú, no tienes que hacer nada. Si no fuiste tú, pide ahora una contraseña
    nueva en tu aplicación: recibes un enlace en esta dirección, y la contraseña nueva
    cierra la sesión en todos los dispositivos.
news-advice-signed-out = Vuelve a entrar en este dispositivo. Si no conoces el dispositivo o la red, o si esto se repite, pide ahora una contraseña nueva en tu aplicación: envía un enlace a esta dirección y cierra la sesión en todos los dispositivos.
news-totp-added-subject = Se añadió una aplicación de autenticación
news-totp-added = Se añadió una aplicación de autenticación a tu cuenta de Kith. Desde ahora necesitas un código de ella para entrar.
news-totp-removed-subject = Se quitó la aplicación de autenticación
news-totp-removed = Se quitó la aplicación de autenticación de tu cuenta de Kith. Ya no necesitas un código de ella para entrar.
news-codes-replaced-subject = Tus códigos de recuperación son nuevos
news-codes-replaced = Tu cuenta de Kith tiene códigos de recuperación nuevos. Los anteriores ya no sirven.
news-code-used-subject = Se usó un código de recuperación
news-code-used = Alguien entró en tu cuenta de Kith con uno de tus códigos de recuperación.
news-passkey-added-subject = Se añadió una llave de acceso
news-passkey-added = Se añadió una llave de acceso a tu cuenta de Kith. Desde ahora se puede entrar con ella, también después de elegir una contraseña nueva. Si no es tuya, elige una contraseña nueva, entra y elimina la llave de acceso.
news-passkey-deleted-subject = Se eliminó una llave de acceso
news-passkey-deleted = Se eliminó una llave de acceso de tu cuenta de Kith. Ya no se puede entrar con ella.
news-password-deleted-subject = Se eliminó tu contraseña
news-password-deleted = Se eliminó la contraseña de tu cuenta de Kith. Ahora entras con una llave de acceso.
news-new-device-subject = Ha entrado un dispositivo nuevo
news-new-device = Un dispositivo que no se había usado antes entró en tu cuenta de Kith.
news-after-failures-subject = Alguien entró después de varios intentos fallidos
news-after-failures = Alguien entró en tu cuenta de Kith después de cinco o más intentos fallidos.
news-signed-out-subject = Por seguridad, se cerró la sesión en un dispositivo
news-signed-out = Se cerró la sesión de tu cuenta de Kith en un dispositivo, porque su acceso se usó dos veces. No pasa nada si una aplicación estaba abierta en dos pestañas que renovaron el acceso a la vez, o si perdió una respuesta del servidor y volvió a preguntar. Pero también puede significar que alguien copió el acceso y lo usó.
news-password-changed-subject = Tu contraseña ha cambiado
news-password-changed = La contraseña de tu cuenta de Kith ha cambiado.
news-token-created-subject = Se creó un token de acceso personal
news-token-created = Un dispositivo con la sesión abierta en tu cuenta de Kith creó un token de acceso personal para un programa.

## Circles

# What emails call a circle if nobody chose another name.
circle-alias = círculo de { $name }
circle-alias-unnamed = un círculo familiar

invitation-subject = { $inviter } te invita a { $alias }
invitation-invites =
    { $inviter } te invita a { $alias } en Kith, donde una familia
    se reparte lo que hay que hacer.
invitation-here = Mira la invitación y respóndela aquí, con sí o con no:
invitation-button = Ver la invitación
invitation-until-page =
    Puedes responder hasta el { $until }.
    Para decir que no, no necesitas una cuenta.
invitation-until-button = Puedes responder hasta el { $until }. Para decir que no, pulsa también el botón y después «No, gracias». Para eso no necesitas una cuenta.
invitation-unknown =
    Si no haces nada, no pasa nada: la invitación termina sola. Así que, si no conoces
    a { $inviter }, no hagas caso de este correo.

circle-ending-subject = { $alias } se va a eliminar
circle-ending-on = { $alias } se eliminará, con todo lo que contiene, el
circle-ending-keep =
    Lo pidió una persona del círculo. Para conservarlo, cancela antes la eliminación en
    la aplicación. Puede hacerlo la persona enferma. También quienes coordinan, si no
    fue la persona enferma quien pidió la eliminación.
circle-ending-until =
    Hasta entonces se puede seguir leyendo y escribiendo en el círculo, y exportar lo
    que cada persona ve. Kith ya no envía recordatorios ni avisos sobre él. Vuelven
    cuando se cancela la eliminación.

circle-kept-subject = { $alias } no se va a eliminar
circle-kept =
    { $alias } no se va a eliminar: la eliminación está cancelada.
    Vuelves a recibir sus recordatorios.

circle-paused-subject = { $alias } está en pausa
circle-paused = { $alias } está en pausa.
circle-paused-until =
    Hasta que continúe, no recibes recordatorios ni novedades de las tareas. Las citas
    siguen como estaban previstas.

circle-resumed-subject = { $alias } continúa
circle-resumed = { $alias } continúa.
circle-resumed-look = Vuelves a recibir recordatorios de las tareas. Mira en la aplicación lo que queda por delante.

circle-in-memory-subject = Un mensaje de { $alias }
circle-in-memory = Desde ahora, { $alias } se conserva como recuerdo.
circle-in-memory-nothing =
    No tienes que hacer nada. Todo lo que estaba previsto está cancelado, y no recibes
    más recordatorios.
circle-in-memory-stays =
    Lo que se escribió se queda. Puedes leerlo cuando quieras, y en el círculo se puede
    seguir escribiendo.

succession-requested-subject = ¿Otra persona para coordinar { $alias }?
succession-requested =
    En { $alias }, algunas personas piden que otra pase a coordinar, porque
    hace tiempo que nadie lo coordina. Si nadie que coordine se opone en la
    aplicación, esto ocurre el
succession-ended-subject = La coordinación de { $alias } no cambia
succession-ended = En { $alias }, nadie más pasa a coordinar: la petición ha terminado.
new-coordinator-subject = { $alias } tiene una nueva persona que coordina
new-coordinator = { $alias } tiene una nueva persona que coordina. En la aplicación ves quién es.
proxy-active-subject = Un cambio en { $alias }
proxy-active =
    En { $alias }, una persona decide desde ahora en nombre de la persona enferma.
    Puede elegir lo que ve cada miembro. En la aplicación ves quién es.
proxy-active-end = La persona enferma puede terminar esto en cualquier momento.

## Reminders

reminder-subject = Un recordatorio de { $alias }: { $which }
reminder-subject-for = Un recordatorio de { $alias } para { $whom }: { $which }
reminder-subject-needed = Hace falta alguien en { $alias }: { $which }
reminder-subject-needed-for = Hace falta alguien en { $alias } para { $whom }: { $which }
reminder-subject-yes = Dijiste que sí en { $alias }: { $which }
reminder-needed = Para algo en { $alias } todavía hace falta alguien:
reminder-needed-for = Esto es para { $whom }. Para algo en { $alias } todavía hace falta alguien:
reminder-yes = Dijiste que sí a algo en { $alias }. Falta poco:
reminder-yes-for = Esto es para { $whom }. La respuesta a algo en { $alias } fue sí. Falta poco:
reminder-coming = Se acerca algo en lo que participas en { $alias }:
reminder-coming-for = Esto es para { $whom }. Se acerca algo en { $alias }:
reminder-open-app = Abre tu aplicación para ver qué es.
reminder-open-app-more = Abre tu aplicación para ver más.
reminder-unsubscribe = Dejar de recibir los recordatorios de { $alias }
reminder-unsubscribe-needed = Dejar de recibir estos correos de { $alias }
unsubscribe-line = { $what }:

reminder-which = { $when } ({ $how-long })
reminder-now = ahora
reminder-before-minutes = { $count ->
    [one] { $count } minuto antes
   *[other] { $count } minutos antes
    }
reminder-before-hours = { $count ->
    [one] { $count } hora antes
   *[other] { $count } horas antes
    }
reminder-before-days = { $count ->
    [one] { $count } día antes
   *[other] { $count } días antes
    }
reminder-left-minutes = { $count ->
    [one] en { $count } minuto
   *[other] en { $count } minutos
    }
reminder-left-hours = { $count ->
    [one] en { $count } hora
   *[other] en { $count } horas
    }
reminder-left-days = { $count ->
    [one] en { $count } día
   *[other] en { $count } días
    }
reminder-left-about-hours = { $count ->
    [one] en { $count } hora, más o menos
   *[other] en unas { $count } horas
    }
reminder-left-about-days = { $count ->
    [one] en { $count } día, más o menos
   *[other] en unos { $count } días
    }

## Notifications

notifications-subject = Novedades de { $alias }
notifications-subject-for = Novedades de { $alias } para { $whom }
notifications-intro = Hay novedades en { $alias }:
notifications-intro-for = Hay novedades para { $whom } en { $alias }. En estas líneas, «tú» es { $whom }:
notifications-intro-for-html = Hay novedades para { $whom } en { $alias }. En estas líneas, «tú» es { $whom }:
notifications-unsubscribe = Dejar de recibir correos como este de { $alias }
line-was = Antes: { $when }
line-now = Ahora: { $when }
line-when = Cuándo: { $when }
line-what = Qué: { $what }

# What something is, for readers who chose to be told. After "What:".
what-in-place = { $what } ({ $place })
what-task = una tarea
what-task-series = una tarea que se repite
what-appointment = una cita
what-appointment-series = una cita que se repite
what-ride = un trayecto en coche
what-company = compañía
what-notes = tomar notas
what-children = cuidar de los niños
what-interpreting = hacer de intérprete
what-role = una responsabilidad

line-done = Algo a lo que dijiste que sí ya está hecho. No tienes que hacerlo.
line-asked-anew = Algo ha cambiado de hora. Te preguntan otra vez si puedes.
line-no-part = Ya no formas parte de algo. No tienes que hacerlo.
line-still-to-be-done = Su hora ha pasado, pero todavía hay que hacerlo.
line-rejected = Algo que propusiste no se aprobó.
line-approved-done = Algo que propusiste se aprobó y ya está hecho.
line-approved-canceled = Algo que propusiste se aprobó, pero después se canceló.
line-approved = Algo que propusiste se aprobó.
line-need-not-come = Ya no hace falta que vengas a algo.
line-canceled = Algo se ha cancelado.
line-handover-opened = Alguien quiere ceder algo. Hace falta otra persona.
line-handover-ended = Sigues teniendo lo que querías ceder: nadie se hizo cargo.
line-placed = Quien coordina te encargó algo en lugar de otra persona. Ahora lo tienes tú.
line-scheduled-asked = Se ha planeado algo. Te preguntan si puedes venir.
line-scheduled = Se ha planeado algo.
line-moved = Algo ha cambiado de hora.
line-proposed = Alguien propone una tarea. Puedes aprobarla.
line-join-requested = Alguien pide entrar en el círculo. Puedes aceptarlo o decir que no.
line-join-approved = Pediste entrar en el círculo, y ya estás dentro.
line-person-proposed = Alguien propone invitar a una persona. Puedes aprobarlo o rechazarlo.
line-contact-you = Ahora eres el contacto de una persona sin cuenta. Sus correos te llegan a ti.
line-contact-changed = Una persona sin cuenta tiene ahora otro contacto.
line-released = Alguien ya no puede hacer algo. Hace falta otra persona.
line-not-coming = Alguien que iba a venir no viene.
line-open-again = Algo está libre otra vez y hace falta alguien.
line-unsure = Alguien que iba a venir ya no sabe si vendrá.
line-ends-asked = Algo termina a otra hora. Te preguntan si puedes.
line-ends = Algo termina ahora a otra hora.
line-declined-help = Alguien a quien se pidió ayuda ha dicho que no.
line-declined-come = Alguien a quien se preguntó si venía ha dicho que no.
line-declined-invitation = Alguien a quien se invitó al círculo ha dicho que no.
line-changed = Algo en lo que participas ha cambiado, pero no su hora.
line-changed-repeating = Algo que se repite ha cambiado. Mira sus fechas.
line-on-again = Algo que estaba cancelado al final sí se hará.
line-reopened = Algo que estaba cerrado está abierto otra vez.
line-goes-on-again = Algo que se repite y estaba parado continúa.
line-asks-join = Alguien pide entrar en el círculo.
line-asked-contact = Te piden que actúes por una persona sin cuenta.
line-invited = Te invitan a un círculo.
line-asked-take-repeating = Te preguntan si puedes encargarte de algo que se repite.
line-asked-come-repeating = Te preguntan si puedes venir a algo que se repite.
line-asked-take = Te preguntan si puedes encargarte de algo.
line-asked-help = Te preguntan si puedes ayudar con algo.
line-asked-take-longer = Te preguntan si puedes encargarte de algo durante más tiempo.
line-asked-come = Te preguntan si puedes venir a algo.

# What the list of notifications in the app says of reminders.
app-needed = Para algo todavía hace falta alguien.
app-said-yes = Dijiste que sí a algo. Falta poco.
app-coming = Se acerca algo en lo que participas.

## Calendars

# The title of an event that an email carries, and its note. Other people see calendars.
event-appointment = Cita ({ $alias })
event-appointment-for = Cita para { $whom } ({ $alias })
event-help = Ayuda ({ $alias })
event-help-for = Ayuda para { $whom } ({ $alias })
event-answer = Responde en el correo o en la aplicación. Nadie lee la respuesta que envía un calendario.

## Every page

page-footer = Kith ayuda a las familias a repartirse lo que hay que hacer. Nadie lo vigila por si hay emergencias: en una emergencia, pide ayuda por teléfono.
page-please-check = Revisa, por favor: { $title }
page-password-hint = Al menos { $count } caracteres. Varias palabras seguidas se recuerdan bien.
page-gone = Este enlace ya no funciona
page-gone-text = Se usó, se retiró o hay uno más nuevo, o es demasiado antiguo. Pide un enlace nuevo.
page-too-many = Espera un poco, por favor
page-too-many-text = Hubo demasiados intentos. Prueba otra vez dentro de unos minutos.
page-busy = Prueba otra vez, por favor
page-busy-text = El servidor está ocupado. Prueba otra vez dentro de un minuto.
page-conflict = No ha funcionado
page-conflict-text = Abre otra vez el enlace para ver cómo están las cosas ahora.
page-incomplete = Este enlace no está completo
page-incomplete-text = Ábrelo otra vez desde el correo.
page-failed = Algo ha fallado por nuestra parte
page-failed-text = Hemos registrado el error. Prueba otra vez dentro de unos minutos, por favor.
field-name-wrong = Este nombre no se puede usar. Escribe otro, por favor.
field-password-wrong = Esta contraseña no se puede usar. Elige una más larga y difícil de adivinar, por favor.
field-zone-wrong = Elige tu zona horaria, por favor.

## The pages of an account

page-verify = Confirma tu dirección
page-verify-text = { $name } quiere usar { $email } con Kith. Si eres tú, pulsa el botón. Si no, cierra esta página: no cambia nada.
page-verify-button = Sí, es mi dirección
page-verified = Tu dirección está confirmada
page-verified-text = Vuelve a tu aplicación y entra.
page-reset = Elige una contraseña nueva
page-reset-text = Es para la cuenta de { $email }. Cuando la guardes, se cierra la sesión en todos los dispositivos.
page-reset-label = Contraseña nueva
page-reset-button = Guardar la contraseña nueva
page-reset-done = Tu contraseña ha cambiado
page-reset-done-text = Abre tu aplicación y entra con la contraseña nueva. Se ha cerrado la sesión en todos los dispositivos.
page-confirm-email = Confirma tu nueva dirección
page-confirm-email-text = Pulsa el botón para entrar desde ahora en Kith con { $email }.
page-confirm-email-button = Sí, usar esta dirección
page-email-changed = Tu dirección ha cambiado
page-email-changed-text = Desde ahora, entra con tu nueva dirección. Hemos enviado un correo a la anterior.
page-undo-email = Recupera tu cuenta
page-undo-email-text = Pulsa el botón, y tu cuenta vuelve a tener la dirección { $email }. Para que no entre nadie más, también pasa esto:
page-undo-email-devices = Se cierra la sesión en todos los dispositivos.
page-undo-email-password = La contraseña y todos los tokens de acceso personal dejan de funcionar.
page-undo-email-passkeys = Se quitan las llaves de acceso y la aplicación de autenticación añadidas hace poco.
page-undo-email-then = Después, abre tu aplicación y pide una contraseña nueva. Recibes un enlace por correo.
page-undo-email-button = Recuperar mi cuenta
page-email-undone = Tu cuenta vuelve a ser tuya
page-email-undone-text = Abre tu aplicación y pide una contraseña nueva. Se ha cerrado la sesión en todos los dispositivos.

## The page of an invitation

page-invitation-title = Tu invitación
page-invitation-invites = { $inviter } te invita a { $alias }
page-invitation-as = { $access ->
    [coordinator] Entras para coordinar, con la dirección { $email }.
    [caregiver] Entras para cuidar, con la dirección { $email }.
    [helper] Entras para ayudar, con la dirección { $email }.
   *[viewer] Entras para estar al tanto, con la dirección { $email }.
    }
page-invitation-as-patient = { $access ->
    [coordinator] El círculo es para ti, y entras para coordinarlo, con la dirección { $email }.
    [caregiver] El círculo es para ti, y entras también para cuidar, con la dirección { $email }.
    [helper] El círculo es para ti, y entras también para ayudar, con la dirección { $email }.
   *[viewer] El círculo es para ti, y entras con la dirección { $email }.
    }
page-sees = Ves { $what }.
page-sees-only = Ves { $what }, pero no lo que trata de la familia, la salud o las decisiones.
page-sees-names = Solo ves los nombres de los miembros.
page-sees-everything = Ves todo lo que hay en el círculo, excepto las conversaciones directas de otras personas.
page-topic-daily = lo que trata del día a día
page-topic-family = los asuntos de la familia
page-topic-health = los asuntos de salud
page-topic-decisions = las decisiones de la persona enferma
page-may-coordinator = Puedes organizar el círculo, sus miembros y todo lo que contiene.
page-may-patient = Puedes planear tareas y citas, encargarte de tareas, escribir mensajes y elegir lo que ven los demás.
page-may-caregiver = Puedes planear tareas y citas, encargarte de tareas y escribir mensajes.
page-may-helper = Puedes encargarte de tareas, proponer tareas y escribir mensajes.
page-may-viewer = Puedes leer lo que está previsto y decir si vienes a las citas.
page-invitation-until = Puedes responder hasta el { $until }.
page-invitation-join = Entrar en { $alias }
page-invitation-name = Tu nombre
page-invitation-name-hint = Lo ven los miembros del círculo.
page-invitation-password = Tu contraseña nueva
page-invitation-zone = Tu zona horaria
page-invitation-zone-choose = Elige tu zona horaria
page-invitation-create = Crear una cuenta y entrar
page-invitation-no = No, gracias
page-invitation-no-hint = Si dices que no, se lo diremos a { $inviter }. Si no haces nada, no pasa nada.
page-joined = Te damos la bienvenida
page-joined-text = Ya estás en el círculo. Abre tu aplicación y entra.
page-declined = Has dicho que no a la invitación
page-declined-text = Se lo decimos a quien te invitó. Si cambias de idea, pídele una invitación nueva.
page-joined-before = Ya estás en el círculo
page-joined-before-text = Entraste con esta invitación, así que ya no puedes decir que no. Puedes salir del círculo en la aplicación.

## The page of a join link

page-link-expired = Este enlace ha caducado
page-link-expired-text = Su tiempo ha terminado. Pide uno nuevo a quien te lo dio.
page-link-used-up = Este enlace está agotado
page-link-used-up-text = Ya lo han usado tantas personas como permite. Pide uno nuevo a quien te lo dio.
page-link-closed = Ya no puede entrar nadie
page-link-closed-text = El enlace funcionaba, pero en este círculo ya no entra nadie. Si tienes preguntas, habla con quien te lo dio.
page-link-revoked = Este enlace se ha anulado
page-link-revoked-text = Ya no funciona. Pide uno nuevo a quien te lo dio.
page-link = Te invitan a un círculo
page-link-text-approval = { $inviter } te invita a { $alias }. Abre tu aplicación, entra o crea una cuenta, y abre allí este enlace. Una persona que coordina te dejará entrar.
page-link-text = { $inviter } te invita a { $alias }. Abre tu aplicación, entra o crea una cuenta, y abre allí este enlace. Estarás en el círculo enseguida.

## The page that unsubscribes

page-off-title = Desactivar correos
page-off-done = Estos correos están desactivados
page-off-gets-no-more = { $name } ({ $address }) ya no recibe correos de { $alias } sobre:
page-off-mistake = ¿Ha sido un error, o no eres { $name }? Entonces vuelve a activarlos:
page-off-undo = Volver a activar estos correos
page-off-in-app = { $name } puede verlo en la aplicación y volver a activar allí los correos.
page-off-on = Estos correos están activados
page-off-gets = { $name } ({ $address }) recibe correos de { $alias } sobre:
page-off-question = ¿Desactivar estos correos?
page-off-will-get = { $name } ({ $address }) ya no recibirá correos de { $alias } sobre:
page-off-only = Solo se dejan de enviar los correos. Las tareas y citas de { $name } siguen igual. Si no eres { $name }, alguien te reenvió el correo: cierra esta página.
page-off-button = Desactivar estos correos
about-reminders = recordatorios de aquello de lo que { $name } se encarga o en lo que participa
about-questions = preguntas de si { $name } puede hacer algo o venir
about-changes = cambios en aquello de lo que { $name } se encarga o en lo que participa
about-replies = respuestas a lo que { $name } pidió a otras personas, como una invitación rechazada
about-decisions = decisiones sobre tareas que { $name } propuso
about-people = personas que piden entrar o a quienes se propone, y personas sin cuenta cuyo contacto es { $name }
about-appointments = citas en las que { $name } no participa, cuando se fijan, se mueven, se cancelan o se recuperan
about-suggestions = tareas que otras personas proponen y { $name } puede aprobar
about-open-soon = lo que queda libre otra vez menos de un día antes de empezar, si nadie más recibe aviso
about-open = lo que se ha dejado o está libre otra vez y necesita a alguien
about-declined-soon = lo que se ha rechazado o ya no es seguro, menos de un día antes de empezar
about-handed-over = lo que alguien quiere ceder, menos de dos días antes de empezar

## The personal page

personal-hello = Hola, { $name }
personal-nothing = En los próximos días no hay nada para ti en { $alias }.
personal-hand-over = Alguien te pide que te encargues
personal-today = Hoy
personal-next-days = Los próximos siete días
personal-later = Más adelante
personal-without-date = Sin fecha
personal-by = A más tardar el { $when }
personal-taken = Ya se encargan otras personas. No tienes que hacerlo.
personal-mine = Dijiste que sí.
personal-yes = Sí, lo haré
personal-no = No puedo
personal-done = Ya está hecho
personal-release = Al final no puedo
personal-private = Esta página es solo para ti. No pases su enlace a nadie.
personal-said-yes = Gracias. Has dicho que sí.
personal-said-no = Has dicho que no. Se lo decimos a quien te preguntó.
personal-said-release = Lo has dejado libre. Se lo decimos a quien contaba contigo.
personal-said-done = Gracias. Ya está hecho.
personal-said-unsure = Dijiste que todavía no lo sabes.
personal-did-not-work = No ha funcionado. { $why }
personal-has-changed = No se ha podido hacer, porque algo ha cambiado. Así está ahora.
personal-did-not-work-why = Ha cambiado entretanto. Así está ahora.
personal-paused = Las tareas de casa pueden esperar: este círculo está en pausa.
personal-in-memory = Este círculo se conserva como recuerdo. No tienes que hacer nada. Todo lo que estaba previsto está cancelado. Gracias por haber estado ahí.
personal-archived = Este círculo está archivado. No tienes que hacer nada. Gracias por tu ayuda.
personal-ending = Este círculo termina pronto. No tienes que hacer nada. Gracias por tu ayuda.
personal-drive = Llevar en coche
personal-companion = Ir también y hacer compañía
personal-notes = Ir también y tomar notas
personal-children = Cuidar a los niños
personal-interpret = Ir también e interpretar
personal-from = Desde: { $place }
personal-to = Hasta: { $place }
personal-appointment = Una cita
# A role whose title nobody chose.
personal-role-medication = Medicinas
personal-role-transport = Llevar en coche
personal-role-meals = Comidas
personal-role-finance-insurance = Dinero y seguros
personal-role-child-care = Cuidado de niños
personal-role-pets = Mascotas
personal-role-household = La casa
personal-role-communication = Mantener informados a los demás
personal-role-night-care = Noches
personal-role-appointments = Citas

## The page behind the button in an email

respond-as = Respondes como { $name }.
respond-for = Respondes por { $name }.
# Before a phone number.
respond-call = ¿Tienes preguntas? Llama a { $name }:
respond-app-says = La aplicación dice qué es.
respond-not-you = Si no eres { $name }, alguien te reenvió el correo: cierra esta página.
respond-not-acting = Si no actúas por { $name }, cierra esta página.
respond-moved = La hora ha cambiado. Mírala y responde otra vez.
respond-not-allowed = No ha funcionado. Ya no puedes hacer esto.
# The link no longer works.
respond-off-text = Se desactivó o es demasiado antiguo. Abre tu aplicación para responder, o usa el correo más reciente.
respond-not-in-circle = Ahora no participas en este círculo. No tienes que hacer nada. Gracias por tu ayuda.
respond-not-seen = Esto ya no es para ti. No tienes que hacer nada. Gracias por tu ayuda.
respond-proposed = Esto espera aprobación. Puedes responder más tarde.
respond-declined-visit = Dijiste que no. Todavía puedes venir.
respond-declined = No lo haces tú, y todavía hace falta alguien.
respond-part-done = Tu parte está hecha. Gracias.
respond-open = Para esto hace falta alguien.
respond-covered = Ya han dicho que sí suficientes personas. No tienes que hacerlo. Gracias por mirar.
respond-not-asked = No te preguntan por esto. No tienes que hacer nada.
respond-done = Esto ya está hecho. No tienes que hacer nada. Gracias.
respond-canceled = Esto está cancelado. No tienes que hacer nada.
respond-over = El momento de esto ya ha pasado. No tienes que hacer nada.
respond-yes-come = Sí, iré
respond-unsure = Todavía no lo sé
respond-no-come = No puedo ir
respond-claim = Puedo hacerlo

## The operator

test-mail-subject = Un correo de prueba de Kith
test-mail-text =
    Esto es una prueba. Los correos de tu servidor de Kith en { $address }
    llegan a esta dirección.
