//! The fields that the bodies of an appointment and of a series of appointments share.

/// Declares the body that creates an appointment or a series: its own fields, and those of both. The
/// invocation derives: only so the checks of its fields can say `self`.
macro_rules! appointment_body {
    ($(#[$($attribute:tt)*])* pub struct $name:ident for $entity:ident { $($own:tt)* }) => {
        $(#[$($attribute)*])*
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// What the appointment is called.
            #[garde(dive)]
            pub title: $crate::platform::text::Title,
            /// What kind of appointment it is. Default: `other`.
            #[serde(default = "crate::features::appointments::other")]
            #[garde(skip)]
            pub kind: $crate::entity::appointment::AppointmentKind,
            /// What it is about; decides who sees it. Default: `family` for counseling, support
            /// groups and family meetings, `health` for every other kind.
            #[serde(default)]
            #[garde(skip)]
            pub topic: Option<$crate::entity::topic_grant::Topic>,
            /// The time zone of the local times. Default: the circle's time zone.
            #[serde(
                default,
                deserialize_with = "crate::platform::time::civil::named_or_unknown"
            )]
            #[garde(dive)]
            pub time_zone: Option<$crate::platform::time::civil::ZoneName>,
            /// Where it takes place.
            #[serde(default)]
            #[garde(dive)]
            pub location: Option<$crate::platform::text::Place>,
            /// The web address of a video call. `https://` may be left out.
            #[serde(default)]
            #[garde(dive)]
            pub video_link: Option<$crate::platform::text::VideoLink>,
            /// The person or place of the care team whom to ask for.
            #[serde(default)]
            #[garde(dive)]
            pub care_contact_name: Option<$crate::platform::text::CareContactName>,
            /// The phone number of the care contact.
            #[serde(default)]
            #[garde(dive)]
            pub care_contact_phone: Option<$crate::platform::text::Phone>,
            /// What to bring and to prepare.
            #[serde(default)]
            #[garde(dive)]
            pub preparation: Option<$crate::platform::text::Notes>,
            /// When its attendees are reminded, in minutes before the start. An appointment that
            /// takes all day counts as starting at 09:00. Default, and with `[]`: a day and two hours
            /// before.
            #[serde(default)]
            #[garde(length(max = 5), dive)]
            #[schema(max_items = 5)]
            pub reminder_minutes: Option<Vec<$crate::platform::text::ReminderMinutes>>,
            /// Whether nobody is reminded. Do not send it together with `reminder_minutes`.
            #[serde(default)]
            #[garde(skip)]
            pub reminders_off: bool,
            /// The members who are asked to come; they must see the topic. Default, and with `[]`:
            /// the patient. If the patient is no active member of the circle, it is you, and you have
            /// accepted.
            #[serde(default)]
            #[garde(length(max = 50))]
            #[schema(max_items = 50)]
            pub attendee_member_ids: Option<Vec<$crate::entity::ids::MemberId>>,
            /// Whether nobody is asked to come. Do not send it together with `attendee_member_ids`.
            #[serde(default)]
            #[garde(skip)]
            pub without_attendees: bool,
        }

        impl $name {
            fn time_faults(&self) -> Vec<$crate::problem::FieldError> {
                $crate::schedule::When::faults(
                    self.starts_on,
                    self.ends_on,
                    self.starts_local,
                    self.ends_local,
                )
            }

            /// When it takes place.
            fn when(&self, circle_zone: &str) -> Result<$crate::schedule::When, $crate::problem::Problem> {
                $crate::schedule::When::chosen(
                    self.starts_on,
                    self.ends_on,
                    self.starts_local,
                    self.ends_local,
                    self.time_zone.clone(),
                    circle_zone,
                )
                .map_err($crate::problem::Problem::Invalid)
            }

            /// The reminders, as they are stored.
            fn offsets(&self) -> Result<String, $crate::problem::Problem> {
                let minutes = self.reminder_minutes.as_deref();
                $crate::notify::reminders::new_offsets(
                    minutes,
                    self.reminders_off,
                    &$crate::features::appointments::REMINDERS,
                )
            }

            /// Writes what it is, but not when it is and who comes.
            fn write_to(self, row: &mut $crate::entity::$entity::ActiveModel) {
                use sea_orm::ActiveValue::Set;
                row.kind = Set(self.kind);
                row.title = Set(self.title.into());
                row.location = Set(self.location.map(Into::into));
                row.video_link = Set(self.video_link.map(Into::into));
                row.care_contact_name = Set(self.care_contact_name.map(Into::into));
                row.care_contact_phone = Set(self.care_contact_phone.map(Into::into));
                row.preparation = Set(self.preparation.map(Into::into));
            }
        }
    };
}

/// Declares the body that changes an appointment or a series: its own fields, and those of both.
macro_rules! appointment_patch {
    ($(#[$($attribute:tt)*])* pub struct $name:ident for $entity:ident { $($own:tt)* }) => {
        $crate::access::change_log::merge_patch! {
            $(#[$($attribute)*])*
            pub struct $name for $entity {
                $($own)*
                /// What the appointment is called.
                #[garde(dive)]
                title: Title,
                /// What kind of appointment it is. The topic stays as it is.
                #[garde(skip)]
                kind: AppointmentKind,
                /// Where it takes place.
                #[garde(dive)]
                location: Place | null,
                /// The web address of a video call. `https://` may be left out.
                #[garde(dive)]
                video_link: VideoLink | null,
                /// The person or place of the care team whom to ask for.
                #[garde(dive)]
                care_contact_name: CareContactName | null,
                /// The phone number of the care contact.
                #[garde(dive)]
                care_contact_phone: Phone | null,
                /// What to bring and to prepare.
                #[garde(dive)]
                preparation: Notes | null,
                /// When its attendees are reminded, in minutes before the start. Null: the default, a
                /// day and two hours before. `[]` counts as not sent.
                #[garde(length(max = 5), dive)]
                #[schema(max_items = 5)]
                reminder_minutes: Vec<ReminderMinutes> | null => elsewhere,
                /// Whether nobody is reminded. False, where nobody was: the default. Do not send true
                /// together with `reminder_minutes`.
                #[garde(skip)]
                reminders_off: bool => elsewhere,
            }
        }

        impl $name {
            /// The reminders after the change, as they are stored; `None` if it does not change them.
            fn offsets(&self, stored: &str) -> Result<Option<String>, $crate::problem::Problem> {
                $crate::notify::reminders::changed_offsets(
                    stored,
                    self.reminder_minutes.as_ref().map(Option::as_deref),
                    self.reminders_off,
                    &$crate::features::appointments::REMINDERS,
                )
            }
        }
    };
}

pub(crate) use appointment_body;
pub(crate) use appointment_patch;
