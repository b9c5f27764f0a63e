//! The threads of the demo family, and what each member has read.

use serde_json::{Value, json};

use super::household::Household;
use super::people::Who::{self, Ana, Ben, Cem, Lucia, Rosa};
use super::requests::text;
use crate::entity::topic_grant::Topic;

/// The members who see a thread.
#[derive(Clone, Copy)]
enum For {
    Topic(Topic),
    Members(&'static [Who]),
}

/// A thread: the messages of the evening and of today, and the number of the last message that
/// each member has read at the end.
struct ThreadPlan {
    by: Who,
    title: &'static str,
    audience: For,
    messages: [&'static [(Who, &'static str)]; 2],
    read: &'static [(Who, usize)],
}

const THREADS: &[ThreadPlan] = &[
    ThreadPlan {
        by: Ana,
        title: "How the day was",
        audience: For::Topic(Topic::Daily),
        messages: [
            &[
                (
                    Ana,
                    "A good day. Mum sat on the balcony and told the tomatoes to hurry.",
                ),
                (Cem, "Toni and I met half the park. He sleeps, I soon will."),
                (Rosa, "The tomatoes are doing as they are told."),
            ],
            &[
                (
                    Ben,
                    "The library books are back. There was a fee of 40 cents, I was generous.",
                ),
                (Rosa, "I had the last chapter still to read, Ben."),
            ],
        ],
        read: &[(Ana, 5), (Rosa, 5), (Lucia, 3), (Cem, 3)],
    },
    ThreadPlan {
        by: Ana,
        title: "Questions for Dr. Weber",
        audience: For::Topic(Topic::Health),
        messages: [
            &[
                (
                    Ana,
                    "Let's collect here what we want to ask, so that nobody has to remember.",
                ),
                (
                    Rosa,
                    "Whether I can go to the sea in autumn. Please write that one first.",
                ),
            ],
            &[(
                Ben,
                "And whom we call at night, so that it hangs on the fridge.",
            )],
        ],
        read: &[(Ana, 3), (Lucia, 2)],
    },
    ThreadPlan {
        by: Ben,
        title: "The birthday",
        audience: For::Members(&[Ana]),
        messages: [
            &[
                (
                    Ben,
                    "Her seventieth. The choir would come and sing under the balcony.",
                ),
                (
                    Ana,
                    "Then she must not know. I bake, you keep her away from the window.",
                ),
            ],
            &[(Ben, "I cannot keep her away from anything. But I will try.")],
        ],
        read: &[(Ben, 3), (Ana, 2)],
    },
];

/// A thread that was created, and the ids of its messages.
pub struct MadeThread {
    plan: &'static ThreadPlan,
    path: String,
    messages: Vec<Value>,
}

/// Starts the threads.
pub async fn make(household: &mut Household) -> anyhow::Result<Vec<MadeThread>> {
    let mut made = Vec::new();
    for plan in THREADS {
        let new = match plan.audience {
            For::Topic(topic) => json!({ "title": plan.title, "topic": topic }),
            For::Members(people) => {
                json!({ "title": plan.title, "member_ids": household.members(people)? })
            }
        };
        let thread = household.ask(plan.by, "/threads", new).await?;
        let mut thread = MadeThread {
            plan,
            path: format!("/threads/{}", text(&thread, "id")?),
            messages: Vec::new(),
        };
        thread.write(household, plan.messages[0]).await?;
        made.push(thread);
    }
    Ok(made)
}

/// Writes the messages of today. At the end, some members have read everything, and some have not.
pub async fn go_on(household: &mut Household, threads: &mut [MadeThread]) -> anyhow::Result<()> {
    for thread in threads {
        thread.write(household, thread.plan.messages[1]).await?;
        for (who, number) in thread.plan.read {
            let last_read_message_id =
                json!({ "last_read_message_id": thread.messages[number - 1] });
            let path = format!("{}/mark-read", thread.path);
            household.ask(*who, &path, last_read_message_id).await?;
        }
    }
    Ok(())
}

impl MadeThread {
    async fn write(
        &mut self,
        household: &mut Household,
        messages: &[(Who, &str)],
    ) -> anyhow::Result<()> {
        for (who, body) in messages {
            let path = format!("{}/messages", self.path);
            let message = household.ask(*who, &path, json!({ "body": body })).await?;
            self.messages.push(message["id"].clone());
        }
        Ok(())
    }
}
