//! What the engine says when it does not accept something: a place and a reason.
//!
//! Must never know: how people are told. A reason is a stable code with arguments; its text is rendered elsewhere.

use std::fmt;

/// A refusal: nothing was repaired, nothing was drawn, and this is where and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("REFUSED {place}: {reason}{}", arguments(.args))]
pub struct Refused {
    /// Where.
    pub place: Place,
    /// Why, as a stable code.
    pub reason: Reason,
    /// What the reason speaks about, offending value first.
    pub args: Vec<String>,
}

/// A place in a file. Line and column count from 1, columns in bytes; 0 means the whole file or the whole line.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Name of the file, as in the bundle; empty where no file is concerned.
    pub file: String,
    /// Line, from 1; 0 for the whole file.
    pub line: u64,
    /// Byte column, from 1; 0 for the whole line.
    pub column: u64,
}

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Refused>;

impl Refused {
    /// A refusal of a whole file.
    pub fn file(file: impl Into<String>, reason: Reason) -> Refused {
        Refused { place: Place { file: file.into(), line: 0, column: 0 }, reason, args: Vec::new() }
    }

    /// A refusal at a line and column, both from 1.
    pub fn at(file: impl Into<String>, line: usize, column: usize, reason: Reason) -> Refused {
        let place = Place { file: file.into(), line: line as u64, column: column as u64 };
        Refused { place, reason, args: Vec::new() }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, arg: impl fmt::Display) -> Refused {
        self.args.push(arg.to_string());
        self
    }

    /// The stable code, such as `DSJ-lines-unsorted`.
    pub fn code(&self) -> &'static str {
        self.reason.code()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.code(), self.sentence())
    }
}

fn arguments(args: &[String]) -> String {
    args.iter().map(|arg| format!(" `{arg}`")).collect()
}

macro_rules! reasons {
    ($($name:ident $code:literal $sentence:literal;)*) => {
        /// Why something is refused. Codes are stable; sentences are for engineers.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $sentence] $name,)*
        }

        impl Reason {
            /// Every reason there is, for tables of texts.
            pub const ALL: &'static [Reason] = &[$(Reason::$name,)*];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Reason::$name => $code,)* }
            }

            /// One sentence in English.
            pub const fn sentence(self) -> &'static str {
                match self { $(Reason::$name => $sentence,)* }
            }
        }
    };
}

reasons! {
    TextUtf8 "DSJ-text-utf8" "the file is not UTF-8";
    TextBom "DSJ-text-bom" "the file begins with a byte order mark";
    TextCarriageReturn "DSJ-text-cr" "a line holds a carriage return";
    TextControl "DSJ-text-control" "a line holds a control character";
    TextEmptyLine "DSJ-text-empty-line" "a line is empty";
    TextNoFinalLf "DSJ-text-final-lf" "the last line does not end with LF";
    TextNotNfc "DSJ-text-nfc" "the text is not in normal form NFC";
    TextTooLarge "DSJ-text-large" "the file is larger than this program reads";
    LinesUnsorted "DSJ-lines-unsorted" "the lines are not ascending as bytes";
    LinesEqual "DSJ-lines-equal" "two lines are equal";
    KeyTwice "DSJ-key-twice" "a key occurs twice";
    FieldCount "DSJ-field-count" "the line does not have the columns it must have";
    FieldEmpty "DSJ-field-empty" "a field is empty";
    FieldCode "DSJ-field-code" "the field is not a code";
    FieldSid "DSJ-field-sid" "the field is not a subject identifier";
    FieldInt "DSJ-field-int" "the field is not a whole number in decimal without leading zeros";
    FieldRange "DSJ-field-range" "the number is outside its range";
    FieldDigest "DSJ-field-digest" "the field is not a digest in 64 lower-case hexadecimal characters";
    FieldDate "DSJ-field-date" "the field is not a date";
    FieldTime "DSJ-field-time" "the field is not a time in UTC";
    FieldSalt "DSJ-field-salt" "the field is not a salt of 32 lower-case hexadecimal characters";
    FieldQualifications "DSJ-field-qualifications" "the field is not a sorted list of qualifications with dates";
    FieldValue "DSJ-field-value" "the field has another value than it must have";
    FileMissing "DSJ-file-missing" "a file that must be there is missing";
    FileUnknown "DSJ-file-unknown" "the file has no place in this draw";
    FileForm "DSJ-file-form" "the file does not have its form";
    ResultAlone "DSJ-result-alone" "the file can stand only beside the seed, and in a log that has DrawExecuted";
    FrameStratum "DSJ-frame-stratum" "the stratum is not in the plan";
    FrameExcluded "DSJ-frame-excluded" "the subject is in the frame and excluded from it";
    FrameLines "DSJ-frame-lines" "the frame has more lines than the protocol allows";
    OfficerTwice "DSJ-officer-twice" "the officer is in the officers and in the pool";
    PairOrder "DSJ-pair-order" "the first officer of a pair is not the lesser one";
    PlanLine "DSJ-plan-line" "the line is not `key=value`";
    PlanKey "DSJ-plan-key" "the key is not one of the closed set";
    PlanMissing "DSJ-plan-missing" "a mandatory key is missing";
    PlanConflict "DSJ-plan-conflict" "two keys exclude each other";
    PlanValue "DSJ-plan-value" "the value is not one the key can have";
    PlanSpace "DSJ-plan-space" "the value begins or ends with a space, or is empty";
    PlanGap "DSJ-plan-gap" "the numbering of keys has a gap";
    PlanEscrow "DSJ-plan-escrow" "escrow by three is mandatory here";
    PlanPartyTwice "DSJ-plan-party-twice" "a party or escrow holder is named twice";
    PlanWitnesses "DSJ-plan-witnesses" "fewer than two witnesses";
    PlanSealedFrame "DSJ-plan-seed-release" "the seed can be kept from the public only with a private frame and an escrow";
    PlanGroup "DSJ-plan-group" "each matter must be in exactly one group";
    PlanWindow "DSJ-plan-window" "a group with slots has no window";
    PlanStrata "DSJ-plan-strata" "the matter has no stratum";
    PlanRate "DSJ-plan-rate" "the rate is not `a/b` in lowest terms with 0 <= a <= b <= 1000000 and b >= 1";
    PlanLoad "DSJ-plan-load" "a department with slots has no load rule";
    PlanLcm "DSJ-plan-lcm" "the least common multiple of the denominators is above 10^18";
    CommitMismatch "DSJ-commit-mismatch" "the file is not the one that was committed";
    CommitPrevious "DSJ-commit-previous" "the predecessor is not the one it must be";
    CommitHead "DSJ-commit-head" "the commitment is not yet in a head cosigned by two witnesses and time-stamped";
    ShareForm "DSJ-share-form" "the share file does not have its form";
    ShareCommit "DSJ-share-commit" "the share was made for another commitment";
    ShareParty "DSJ-share-party" "the party is not one of the plan, or not in this role";
    ShareTwice "DSJ-share-twice" "the party has committed, revealed or opened already";
    ShareEqual "DSJ-share-equal" "two shares have the same digest";
    ShareLate "DSJ-share-late" "the shares are closed";
    ShareMissing "DSJ-share-missing" "a share or a receipt is missing";
    ShareHolder "DSJ-share-holder" "the holder is not the one the escrow order asks for";
    ShareDigest "DSJ-share-digest" "the share is not the one that was committed";
    EntropyIndex "DSJ-entropy-index" "the public value is not the next one of the plan";
    EntropyForm "DSJ-entropy-form" "the public value does not have its form";
    EntropyEarly "DSJ-entropy-early" "the shares were not fixed before the value could exist";
    EntropyMissing "DSJ-entropy-missing" "a public value is missing";
    StepOrder "DSJ-step-order" "the step does not follow from the state of the draw";
    StepHead "DSJ-step-head" "the step needs a cosigned, time-stamped head first";
    StepVoid "DSJ-step-void" "the draw can no longer be voided for this reason";
    StepSealed "DSJ-step-sealed" "the step is not allowed before the publicity date";
    LogSeq "DSJ-log-seq" "the entry does not have the next number";
    LogTime "DSJ-log-time" "the time is before that of an earlier entry";
    LogDraw "DSJ-log-draw" "the entry belongs to another plan or draw";
    LogEntry "DSJ-log-entry" "the entry does not have its form";
    LogHead "DSJ-log-head" "the head does not have its form";
    LogRoot "DSJ-log-root" "the head is not the root of the entries";
    LogSignature "DSJ-log-signature" "the signature is not one of the witness over this head";
    LogName "DSJ-log-name" "the head is of another log or suite";
    LogConsistency "DSJ-log-consistency" "the later head does not extend the earlier one";
    LogShort "DSJ-log-short" "the log from elsewhere does not have this entry";
    LogVoided "DSJ-log-voided" "the log from elsewhere says that this draw is void, the bundle does not";
    LogDrawNumber "DSJ-log-draw-number" "the draw numbers have a gap";
    MerkleProof "DSJ-merkle-proof" "the proof does not lead to the root";
    DrawnCapacity "DSJ-draw-capacity" "the numbers are beyond the limits of the protocol";
    SolveLimit "DSJ-solve-limit" "the assignment problem is beyond the limits of this program";
    SolveTie "DSJ-solve-tie" "the optimum is not unique even with long costs";
    OutputMismatch "DSJ-output-mismatch" "the file is not what the draw gives";
    CertificateEdge "DSJ-certificate-edge" "the assignment uses what is no edge, or uses it twice";
    CertificateFeasible "DSJ-certificate-feasible" "the assignment breaks a capacity or a need, or counts wrongly";
    CertificateCut1 "DSJ-certificate-cut1" "the cut does not prove the number of unfilled slots";
    CertificateCut2 "DSJ-certificate-cut2" "the cut does not prove the least load";
    CertificatePrice "DSJ-certificate-price" "the prices do not prove the least cost";
    CertificateForm "DSJ-certificate-form" "the certificate does not have its form";
    CertificateTie "DSJ-certificate-tie" "the optimum is not unique";
    RoundOrder "DSJ-round-order" "the rounds are not the ones the plan asks for";
    EventForm "DSJ-event-form" "the event does not have its form";
    EventNumber "DSJ-event-number" "the event does not have the next number";
    EventOfficer "DSJ-event-officer" "the officer does not hold the slot";
    EventTask "DSJ-event-task" "there is no such task or class";
    EventResult "DSJ-event-result" "the replacement is not the one that follows";
    SubstitutionOut "DSJ-substitution-out" "the company is not drawn, or is out already";
    SubstitutionIn "DSJ-substitution-in" "the substitute is not the next reserve";
    SubstitutionApprovers "DSJ-substitution-approvers" "a substitution needs two approvers";
    ExplainUnknown "DSJ-explain-unknown" "nothing in this draw has this name";
}
