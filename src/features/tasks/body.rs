//! The fields that the bodies of a task and of a series of tasks share.

/// Declares the body that creates a task or a series of tasks: its own fields, and those of both. The
/// invocation derives: only so the checks of its fields can say `self`.
macro_rules! task_body {
    ($(#[$($attribute:tt)*])* pub struct $name:ident for $entity:ident { $($own:tt)* }) => {
        $(#[$($attribute)*])*
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($own)*
            /// What is to be done.
            #[garde(dive)]
            pub title: $crate::platform::text::Title,
            /// What else to know.
            #[serde(default)]
            #[garde(dive)]
            pub notes: Option<$crate::platform::text::Notes>,
            /// The kind of task. It decides the topic, if you send none. Default: `other`.
            #[serde(default = "crate::features::tasks::other")]
            #[garde(skip)]
            pub category: $crate::entity::task::TaskCategory,
            /// What it is about: it decides who can see it. Default: by category.
            #[serde(default)]
            #[garde(skip)]
            pub topic: Option<$crate::entity::topic_grant::Topic>,
            /// The task list that it belongs to.
            #[serde(default)]
            #[garde(skip)]
            pub task_list_id: Option<$crate::entity::ids::TaskListId>,
            /// The time zone of the local times, by its IANA name. Default: the circle's.
            #[serde(
                default,
                deserialize_with = "crate::platform::time::civil::named_or_unknown"
            )]
            #[garde(dive)]
            pub time_zone: Option<$crate::platform::time::civil::ZoneName>,
            /// How long it takes, in minutes, up to a week.
            #[serde(default)]
            #[garde(dive)]
            pub effort_minutes: Option<$crate::platform::text::EffortMinutes>,
            /// How many members are needed. Default: 1.
            #[serde(default)]
            #[garde(dive)]
            pub people_needed: Option<$crate::platform::text::TaskPeopleNeeded>,
            /// When to remind the members who claimed it, in minutes before it is due. A date
            /// counts as 09:00. Default, and with `[]`: one day before.
            #[serde(default)]
            #[garde(length(max = 5), dive)]
            #[schema(max_items = 5)]
            pub reminder_minutes: Option<Vec<$crate::platform::text::ReminderMinutes>>,
            /// Whether nobody is reminded. Do not send it together with `reminder_minutes`.
            #[serde(default)]
            #[garde(skip)]
            pub reminders_off: bool,
            /// How many days after its time it lapses, if nobody completes it. 0: as soon as its time
            /// is over. Default: one day, if it has a `starts_local` or belongs to a series; otherwise
            /// it never lapses.
            #[serde(default)]
            #[garde(dive)]
            pub lapse_after_days: Option<$crate::platform::text::LapseAfterDays>,
            /// What the items of its checklist say, in their order.
            #[serde(default)]
            #[garde(length(max = 50), dive)]
            #[schema(max_items = 50)]
            pub checklist: Option<Vec<$crate::platform::text::ChecklistTitle>>,
        }

        impl $name {
            /// The reminders, as they are stored.
            fn offsets(&self) -> Result<String, $crate::problem::Problem> {
                let minutes = self.reminder_minutes.as_deref();
                $crate::notify::reminders::new_offsets(
                    minutes,
                    self.reminders_off,
                    &$crate::features::tasks::REMINDERS,
                )
            }

            /// Writes how much it is, and for how many people.
            fn write_work(&self, row: &mut $crate::entity::$entity::ActiveModel) {
                use sea_orm::ActiveValue::Set;
                row.task_list_id = Set(self.task_list_id);
                row.effort_minutes = Set(self.effort_minutes.map(|minutes| minutes.get()));
                row.people_needed = Set(self.people_needed.map_or(1, |people| people.get()));
            }
        }
    };
}

/// Declares the body that changes a task or a series of tasks: its own fields, and those of both.
macro_rules! task_patch {
    ($(#[$($attribute:tt)*])* pub struct $name:ident for $entity:ident { $($own:tt)* }) => {
        $crate::access::change_log::merge_patch! {
            $(#[$($attribute)*])*
            pub struct $name for $entity {
                $($own)*
                /// What is to be done.
                #[garde(dive)]
                title: Title,
                /// What else to know.
                #[garde(dive)]
                notes: Notes | null,
                /// The kind of task. The topic stays as it is.
                #[garde(skip)]
                category: TaskCategory,
                /// The task list that it belongs to.
                #[garde(skip)]
                task_list_id: TaskListId | null,
                /// The time zone of the local times, by its IANA name. Older names, Windows names
                /// and offsets in whole hours (`GMT+02:00`) are accepted and answered as IANA
                /// names.
                #[garde(dive)]
                time_zone: ZoneName => elsewhere,
                /// How long it takes, in minutes, up to a week.
                #[garde(dive)]
                effort_minutes: EffortMinutes | null,
                /// When to remind the members who claimed it, in minutes before it is due. Null:
                /// the default, one day before. `[]` counts as not sent.
                #[garde(length(max = 5), dive)]
                #[schema(max_items = 5)]
                reminder_minutes: Vec<ReminderMinutes> | null => elsewhere,
                /// Whether nobody is reminded. False, where nobody was: the default. Do not send true
                /// together with `reminder_minutes`.
                #[garde(skip)]
                reminders_off: bool => elsewhere,
                /// How many days after its time it lapses, if nobody completes it. 0: as soon as its
                /// time is over. Null: the default, one day, if it has a `starts_local` or belongs to
                /// a series; otherwise never.
                #[garde(dive)]
                lapse_after_days: LapseAfterDays | null,
            }
        }

        impl $name {
            /// The reminders after the change, as they are stored; `None` if it does not change them.
            fn offsets(&self, stored: &str) -> Result<Option<String>, $crate::problem::Problem> {
                $crate::notify::reminders::changed_offsets(
                    stored,
                    self.reminder_minutes.as_ref().map(Option::as_deref),
                    self.reminders_off,
                    &$crate::features::tasks::REMINDERS,
                )
            }

            /// The due time in it.
            fn due(&self) -> $crate::schedule::DueChange {
                $crate::schedule::DueChange {
                    on: self.due_on,
                    local: self.due_local,
                    from: self.starts_local,
                    zone: self.time_zone.clone(),
                }
            }
        }
    };
}

pub(crate) use task_body;
pub(crate) use task_patch;
