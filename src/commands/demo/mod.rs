//! `demo`: the product's face. The story of one campaign, told by the real server, the real sidecar and a real
//! database, with every call as the reader could make it.

mod answers;
mod call;
mod props;
mod reward;
mod stage;
mod story;
mod table;
mod voice;

use referrald::config;
use referrald::server::Problem;

use stage::Stage;
use story::Story;
use voice::Voice;

/// Tells the story, then goes on serving unless told otherwise. A step that does not give what the story says is an
/// error, so that the demo is a test of the whole as well.
pub async fn demo(options: config::Demo) -> Result<(), Problem> {
    let shutdown = super::serve::shutdown()?;
    let stage = Stage::set(&options.stripe).await?;
    let voice = Voice::new();
    let acted = tokio::select! {
        told = act(&stage, voice, options.once) => told.map(|()| options.once),
        () = shutdown => Ok(true),
    };
    let struck = stage.strike().await;
    acted.and(struck)
}

/// The story, and after it, where the curtain stays up, the wait for the end.
async fn act(stage: &Stage, mut voice: Voice, once: bool) -> Result<(), Problem> {
    opening(stage, &mut voice);
    let mut story = Story::new(stage, voice).await?;
    story.tell().await?;
    if once {
        story.voice.says("That was it; the database and the files of this demo go now.");
        return Ok(());
    }
    story.invite()?;
    std::future::pending().await
}

fn opening(stage: &Stage, voice: &mut Voice) {
    voice.act("referrald: who has qualified, why, and since when");
    voice.says(
        "This is the real server with a throw-away SQLite database. Every call below is made as it is shown. While the \
         demo runs you can make your own, in a second terminal and this same folder; no key is needed.",
    );
    voice.fact("gRPC", &stage.grpc.to_string());
    voice.fact("webhooks", &format!("http://{}", stage.sidecar));
    voice.fact("Stripe", &stage.stripe_is);
    voice.fact("bodies", &stage.folder.path().display().to_string());
}
