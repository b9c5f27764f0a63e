//! The fields that a need of an appointment and a need of a series of appointments share.

/// Declares the body of a need: its own fields, and those of both.
macro_rules! need_body {
    ($(#[$($attribute:tt)*])* pub struct $name:ident { $($own:tt)* }) => {
        #[derive(Debug, serde::Deserialize, garde::Validate, utoipa::ToSchema)]
        #[serde(deny_unknown_fields)]
        $(#[$($attribute)*])*
        pub struct $name {
            $($own)*
            /// The kind of help.
            #[garde(skip)]
            pub kind: $crate::entity::need::NeedKind,
            /// How many members are needed. Default: 1.
            #[serde(default)]
            #[garde(dive)]
            pub people_needed: Option<$crate::platform::text::PeopleNeeded>,
            /// Where to pick somebody up. Everybody who may claim the need sees it.
            #[serde(default)]
            #[garde(dive)]
            pub pickup_location: Option<$crate::platform::text::Place>,
            /// Where to take them. Everybody who may claim the need sees it.
            #[serde(default)]
            #[garde(dive)]
            pub dropoff_location: Option<$crate::platform::text::Place>,
            /// What else to know. Everybody who may claim the need sees it.
            #[serde(default)]
            #[garde(dive)]
            pub notes: Option<$crate::platform::text::Notes>,
            /// The local time at which it starts, in the time zone of the appointment, without an
            /// offset. Of a series: for its first appointment. Default: together with the
            /// appointment.
            #[serde(default)]
            #[garde(dive)]
            pub starts_local: Option<$crate::platform::time::civil::WallTime>,
            /// The local time at which it ends, in the time zone of the appointment, without an
            /// offset. Of a series: for its first appointment.
            #[serde(default)]
            #[garde(dive)]
            pub ends_local: Option<$crate::platform::time::civil::WallTime>,
        }

        impl $name {
            /// The time that the body names, in the zone of the appointment; without one, the time of
            /// the appointment.
            fn time(
                &self,
                appointment: &$crate::schedule::When,
                circle_zone: &str,
            ) -> Result<$crate::schedule::When, $crate::problem::Problem> {
                if self.starts_local.is_none() && self.ends_local.is_none() {
                    return Ok(appointment.clone());
                }
                let (its_start, _) = appointment.local();
                let starts = self.starts_local.or(its_start);
                let zone = appointment.zone().unwrap_or(circle_zone);
                $crate::schedule::When::chosen(None, None, starts, self.ends_local, None, zone)
                    .map_err($crate::problem::Problem::Invalid)
            }
        }
    };
}

pub(crate) use need_body;
