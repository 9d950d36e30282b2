//! What the list of kinds in `domain/channel.rs` makes: the names, the definition with a section for each, and the way from
//! a definition to what its kind says of it.

/// One line a kind: its variant, its word in files, the key of its section, and the type of that.
macro_rules! kinds {
    ($($kind:ident $code:literal $key:ident: $section:ty,)*) => {
        /// The kinds of channels there are.
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
        )]
        pub enum ChannelKind {
            $(#[serde(rename = $code)] $kind,)*
        }

        impl ChannelKind {
            pub const ALL: &[Self] = &[$(Self::$kind,)*];

            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$kind => $code,)*
                }
            }
        }

        /// A channel's kind with the section of its file that belongs to it.
        #[derive(Debug, Clone, Copy)]
        pub enum KindDef<'a> {
            $($kind(&'a $section),)*
        }

        impl<'a> KindDef<'a> {
            pub fn spec(self) -> &'a dyn Spec {
                match self {
                    $(Self::$kind(section) => section,)*
                }
            }
        }

        /// One file of `channels/`.
        #[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(rename_all = "kebab-case", deny_unknown_fields)]
        pub struct ChannelDef {
            pub channel: String,
            pub name: String,
            #[serde(default)]
            pub name_en: Option<String>,
            /// Marks a file of the example set.
            #[serde(default)]
            pub example: bool,
            pub kind: ChannelKind,
            #[serde(default = "yes")]
            pub enabled: bool,
            /// Used when an item names none.
            #[serde(default)]
            pub audience: Option<Audience>,
            #[serde(default)]
            pub rate: Option<Rate>,
            /// Tries under way at once.
            #[serde(default = "four")]
            #[schemars(range(min = 1, max = 1000))]
            pub concurrency: u32,
            /// For one try, connection included.
            #[serde(default = "twenty_seconds")]
            pub timeout: Span,
            #[serde(default = "fast_first_minute")]
            #[schemars(length(min = 1))]
            pub retry: Vec<Span>,
            #[serde(default = "a_day")]
            pub give_up_after: Span,
            /// How often a text is sent again after an answer that may mean that it has arrived; then it is *unknown*.
            #[serde(default = "two")]
            #[schemars(range(max = 20))]
            pub repeat_in_doubt: u32,
            /// Also carries reminders to the posts that have to act; never the portal.
            #[serde(default)]
            pub reminders: bool,
            /// The channel that takes over what this one gives up.
            #[serde(default)]
            pub fallback: Option<String>,
            /// Whether HTTP goes by a web proxy: `system` (as `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` say), `none`, or
            /// the proxy's address, without a password. Addresses of this machine are never asked for through one.
            #[serde(default)]
            pub proxy: ProxyUse,
            /// The variable that holds `user:password` of that proxy.
            #[serde(default)]
            pub proxy_auth_env: Option<String>,
            /// Certificates (PEM) of an authority of one's own that is trusted beside the public ones; the path starts from
            /// the folder that holds `channels/`.
            #[serde(default)]
            pub ca_file: Option<String>,
            $(#[serde(default)] pub $key: Option<$section>,)*
        }

        impl ChannelDef {
            /// The section of the channel's own kind, if the file has it.
            pub fn section(&self) -> Option<KindDef<'_>> {
                match self.kind {
                    $(ChannelKind::$kind => self.$key.as_ref().map(KindDef::$kind),)*
                }
            }

            /// The kinds whose sections the file has.
            pub fn sections(&self) -> Vec<ChannelKind> {
                let given = [$((ChannelKind::$kind, self.$key.is_some()),)*];
                given.into_iter().filter(|(_, is_given)| *is_given).map(|(kind, _)| kind).collect()
            }
        }
    };
}
