//! Why a call to Bitrix24 came to nothing, as far as an administrator needs to know.

macro_rules! whys {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// A group of error codes, or what happened where no code came.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum CallWhy { $($(#[$doc])* $variant,)+ }

        impl CallWhy {
            /// Every one once.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Its name; the words are `call-` and this.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The inverse of [`CallWhy::name`].
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|why| why.name() == name)
            }
        }
    };
}

whys! {
    /// The access token had run out; it is renewed without anybody's help.
    Expired = "expired",
    /// The tokens are of no use until the person opens the application again.
    Reopen = "reopen",
    /// Too many requests, or too long ones.
    Limited = "limited",
    /// The portal or the application is not there any more.
    Gone = "gone",
    /// Not paid.
    Unpaid = "unpaid",
    /// A right, a permission, or the plan is missing; or the object is not there.
    NotAllowed = "not_allowed",
    /// The portal does not know the method, event or place.
    NotOffered = "not_offered",
    /// Perhaps it is there already.
    MaybeThere = "maybe_there",
    /// Our request was wrong.
    Wrong = "wrong",
    /// Our own keys were refused.
    Keys = "keys",
    /// The vendor stumbled.
    Stumbled = "stumbled",
    /// No connection.
    Unreachable = "unreachable",
    /// Sent, and no answer came.
    Lost = "lost",
    /// Whoever waited for the answer went away first.
    Abandoned = "abandoned",
    /// Our own door did not let it out.
    NotSent = "not_sent",
    /// The portal lives at another address.
    Moved = "moved",
    /// An answer that nobody understands.
    BadAnswer = "bad_answer",
    /// A code that the vendor does not document.
    OtherCode = "other_code",
    /// The batch left the command out.
    NotExecuted = "not_executed",
}
