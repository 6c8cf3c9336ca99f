//! Arguments of the commands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use messages::Lang;
use sampling::Suite;

use super::answer::Output;

/// What is common to the program alone; a program that mounts the commands has its own.
#[derive(Parser)]
#[command(name = "tongjian-draw", about = ABOUT, after_help = CODES)]
pub(super) struct Alone {
    /// For people or for programs
    #[arg(long, global = true, value_enum, default_value_t)]
    pub(super) output: Output,
    /// Language of the answers
    #[arg(long, global = true, value_enum, default_value_t, env = "TONGJIAN_LANG")]
    pub(super) lang: Language,
    #[command(flatten)]
    pub(super) arguments: Arguments,
}

const ABOUT: &str = "A double-random draw that anyone can verify · 任何人都能验证的双随机抽取";
const CODES: &str = "Exit codes: 0 done or whole, 1 refused, 2 wrong use, 69 file or system";

/// The commands, without output and language.
#[derive(Parser)]
#[command(name = "draw", about = ABOUT, after_help = CODES)]
pub(super) struct Arguments {
    /// Time of the step, as 2026-07-01T08:00:00Z; without it the clock of this machine
    #[arg(long, global = true)]
    pub(super) time: Option<String>,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Clone, Copy, Default, ValueEnum)]
pub(super) enum Language {
    /// Chinese
    #[default]
    #[value(help = "中文")]
    Zh,
    /// English
    #[value(help = "English")]
    En,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Lang {
        match language {
            Language::Zh => Lang::Zh,
            Language::En => Lang::En,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum SuiteName {
    /// DSJ1-SHA256, Ed25519
    Sha256,
    /// DSJ1-SM3, SM2
    Sm3,
}

impl From<SuiteName> for Suite {
    fn from(name: SuiteName) -> Suite {
        match name {
            SuiteName::Sha256 => Suite::Sha256,
            SuiteName::Sm3 => Suite::Sm3,
        }
    }
}

#[derive(Subcommand)]
pub(super) enum Command {
    /// Judges a plan, and the data files beside it
    Plan {
        #[command(subcommand)]
        command: PlanCommand,
    },
    /// Fixes plan, frames and officers before anybody can know the seed; writes commit.txt and logs C
    Commit(CommitOptions),
    /// Makes a share, logs its digest, or closes the shares
    Share(ShareOptions),
    /// Logs that a second holder has received an escrowed share
    Hold(HoldOptions),
    /// Reveals the share of a party
    Reveal(FileOptions),
    /// Logs a public value
    Entropy(EntropyOptions),
    /// Opens an escrowed share
    Open(FileOptions),
    /// Draws subjects and officers and logs the digests of the result
    Execute {
        #[command(flatten)]
        folder: FolderOptions,
    },
    /// An officer falls out, or a remedy is needed, after the draw
    Event {
        #[command(subcommand)]
        command: EventCommand,
    },
    /// A company is no subject at all: the next reserve follows
    Substitute(SubstituteOptions),
    /// Declares the draw void
    Void(VoidOptions),
    /// Logs that everything is public
    Publish {
        #[command(flatten)]
        folder: FolderOptions,
    },
    /// Makes a head over the log, for witnesses to sign
    Head {
        #[command(flatten)]
        folder: FolderOptions,
    },
    /// What a witness does, on its own premises
    Witness {
        #[command(subcommand)]
        command: WitnessCommand,
    },
    /// Writes the canonical archive
    Bundle(BundleOptions),
    /// Repeats a draw from its bundle and says what holds, what does not and where
    Verify(VerifyOptions),
    /// Why a company was drawn or not; why an officer has these tasks
    Explain(ExplainOptions),
    /// Draws many times with seeds of no meaning and shows frequencies and loads
    Simulate(SimulateOptions),
}

#[derive(Subcommand)]
pub(super) enum PlanCommand {
    /// Every problem of the plan, each with its place
    Check {
        /// Folder with plan.txt
        dir: PathBuf,
    },
}

#[derive(Args)]
pub(super) struct FolderOptions {
    /// Working folder of the draw
    pub(super) dir: PathBuf,
    /// Folder of the log, if it is not `log` in the working folder
    #[arg(long)]
    pub(super) log: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct CommitOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Folder of data files without salts: they are salted with a new key, which is kept in `secret`
    #[arg(long)]
    pub(super) raw: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct ShareOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Party or holder
    #[arg(long, required_unless_present = "close")]
    pub(super) party: Option<String>,
    /// Only this digest is known here: the share was made on the party's own device
    #[arg(long, conflicts_with = "to")]
    pub(super) digest: Option<String>,
    /// Where the new share is kept; without it, in the working folder
    #[arg(long)]
    pub(super) to: Option<PathBuf>,
    /// Only make the share, log nothing: what a party does on its own device
    #[arg(long, conflicts_with = "digest")]
    pub(super) only_make: bool,
    /// All shares are there: close
    #[arg(long, conflicts_with_all = ["party", "digest", "to", "only_make"])]
    pub(super) close: bool,
}

#[derive(Args)]
pub(super) struct HoldOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Whose share
    #[arg(long)]
    pub(super) party: String,
    /// Who has received it
    #[arg(long)]
    pub(super) holder: String,
    /// The file received; without it, the one in the working folder
    #[arg(long)]
    pub(super) file: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct FileOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Whose share
    #[arg(long)]
    pub(super) party: String,
    /// The share file; without it, the one in the working folder
    #[arg(long)]
    pub(super) file: Option<PathBuf>,
}

#[derive(Args)]
pub(super) struct EntropyOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Number of the source in the plan
    #[arg(long)]
    pub(super) index: u64,
    /// The value, as a string
    #[arg(long)]
    pub(super) value: String,
}

#[derive(Subcommand)]
pub(super) enum EventCommand {
    /// Logs what happened
    Report(EventOptions),
    /// Logs the public value of an event
    Entropy(EventEntropyOptions),
    /// Executes the next event that has its value
    Execute {
        #[command(flatten)]
        folder: FolderOptions,
    },
}

#[derive(Args)]
pub(super) struct EventOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Task, as G1/91330108MA27XF6N4K
    #[arg(long, requires_all = ["class", "out"], required_unless_present = "dept")]
    pub(super) task: Option<String>,
    /// Class of the slot
    #[arg(long)]
    pub(super) class: Option<String>,
    /// Who falls out
    #[arg(long)]
    pub(super) out: Option<String>,
    /// Department that needs a remedy
    #[arg(long, requires = "remedy", conflicts_with = "task")]
    pub(super) dept: Option<String>,
    /// `capacity+N`, `pool` or `postpone`
    #[arg(long)]
    pub(super) remedy: Option<String>,
    /// Reason, as a code
    #[arg(long)]
    pub(super) reason: String,
    /// File of the evidence; its first line is 32 random hexadecimal characters
    #[arg(long)]
    pub(super) evidence: PathBuf,
}

#[derive(Args)]
pub(super) struct EventEntropyOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Number of the event
    #[arg(long)]
    pub(super) event: u64,
    /// The value, as a string
    #[arg(long)]
    pub(super) value: String,
}

#[derive(Args)]
pub(super) struct SubstituteOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Matter
    #[arg(long)]
    pub(super) matter: String,
    /// Company that is no subject
    #[arg(long)]
    pub(super) out: String,
    /// DEREGISTERED, REVOKED, MOVED or NOT-OF-MATTER
    #[arg(long)]
    pub(super) reason: String,
    /// File of the evidence; its first line is 32 random hexadecimal characters
    #[arg(long)]
    pub(super) evidence: PathBuf,
    /// Who approves; two different persons
    #[arg(long, required = true)]
    pub(super) approver: Vec<String>,
}

#[derive(Args)]
pub(super) struct VoidOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// Reason, as a code
    #[arg(long)]
    pub(super) reason: String,
    /// A person named: a silent holder, or a party that does not reveal
    #[arg(long)]
    pub(super) name: Vec<String>,
    /// Who approves
    #[arg(long, required = true)]
    pub(super) approver: Vec<String>,
}

#[derive(Subcommand)]
pub(super) enum WitnessCommand {
    /// Makes a key and prints its public part for the plan
    Key {
        /// The witness' own folder
        keep: PathBuf,
        /// Suite
        #[arg(long, value_enum)]
        suite: SuiteName,
    },
    /// Signs the newest head, if it extends the last one signed
    Sign(SignOptions),
}

#[derive(Args)]
pub(super) struct SignOptions {
    /// Folder of the log
    pub(super) log: PathBuf,
    /// The witness' own folder: key and last head
    #[arg(long)]
    pub(super) keep: PathBuf,
    /// Code of the witness in the plan
    #[arg(long = "as")]
    pub(super) code: String,
}

#[derive(Args)]
pub(super) struct BundleOptions {
    #[command(flatten)]
    pub(super) folder: FolderOptions,
    /// The archive to write
    #[arg(long)]
    pub(super) to: PathBuf,
    /// Leave out what is not for everybody
    #[arg(long)]
    pub(super) public: bool,
}

#[derive(Args)]
pub(super) struct VerifyOptions {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// Folder or archive of the log, from elsewhere
    #[arg(long)]
    pub(super) log: Option<PathBuf>,
    /// C, from the wall
    #[arg(long)]
    pub(super) expect_commit: Option<String>,
    /// Digest of a head, from a witness
    #[arg(long)]
    pub(super) expect_head: Option<String>,
    /// A public value as seen elsewhere, as 1=00345
    #[arg(long)]
    pub(super) expect_public: Vec<String>,
    /// List every file
    #[arg(long)]
    pub(super) files: bool,
}

#[derive(Args)]
pub(super) struct ExplainOptions {
    /// The bundle
    pub(super) bundle: PathBuf,
    /// Credit code of a company
    #[arg(long, required_unless_present = "officer", conflicts_with = "officer")]
    pub(super) company: Option<String>,
    /// Pseudonym of an officer
    #[arg(long)]
    pub(super) officer: Option<String>,
}

#[derive(Args)]
pub(super) struct SimulateOptions {
    /// Working folder: plan, frames, officers
    pub(super) dir: PathBuf,
    /// How many draws
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) seeds: u64,
    /// Where to write the picture
    #[arg(long)]
    pub(super) svg: Option<PathBuf>,
}
