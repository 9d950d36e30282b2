//! What an answer speaks of, in English and Chinese, as providers word it. Codes come first; words decide where there is
//! no code, or where the code is used for everything.

/// An answer's words, fit to be compared: lower case, one blank between words.
pub(super) struct Words(String);

/// What words speak of. Several may be true of one answer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Topics {
    /// The sender, the log-in, how we introduce ourselves, where we come from.
    pub us: bool,
    /// What we may still send: balance, quota, daily limit.
    pub quota: bool,
    /// Too fast, too often.
    pub pace: bool,
    /// Too many connections.
    pub crowd: bool,
    /// Nobody there, mailbox full, number wrong.
    pub recipient: bool,
    /// Too long, empty, forbidden words.
    pub message: bool,
    /// No more room, and it does not say whose.
    pub space: bool,
    /// This recipient has had enough for now.
    pub enough: bool,
}

/// Names us, wherever it stands.
#[rustfmt::skip]
const US: &[&str] = &[
    "sender", "mail from", "mailfrom", "from address", "return path", "return-path", "envelope from", "not owned by",
    "allowed to send", "permitted to send", "permission to send", "permissions to send", "send as", "sendas",
    "authorization user", "authorized user", "authorised user", "not authorized", "not authorised", "unauthorized",
    "unauthorised", "authenticat", "auth first", "auth required", "authorization", "authorisation", "ehlo", "helo",
    "log in", "logged in", "login", "log-in", "logon", "credential", "password", "passwd", "username", "usrorpwd", "relay",
    "rcpthosts", "spf", "dkim", "dmarc", "reverse dns", "rdns", "ptr record", "reverse hostname",
    "find your hostname", "client host", "client was", "your hostname", "blacklisted", "in blacklist", "ip blacklist",
    "blocklist", "block list", "blocked using", "spamhaus", "dnsbl", "rbl", "barracuda", "spamcop", "reputation",
    "your ip", "ip address", "client ip", "source ip", "ip not", "ip is", "ip<", "[ip", "banned sending", "access denied by ip",
    "whitelist", "white list", "allowlist", "no permission", "user has no permission", "starttls", "encryption required",
    "access token", "access_token", "accesskey", "access key", "api key", "apikey", "appkey", "app key", "appid",
    "invalid token", "token is", "token invalid", "token expired", "suspended", "smtp service is disabled",
    "sign match", "sign not", "sign error", "sign check", "invalid sign", "bad sign", "illegalmac", "illegalsign",
    "nosignid", "sign_state", "sms_sign", "deny_ip", "ram_permission", "out_of_service",
    "product_un_subscript", "authfailure", "mi:spb", "mi:spf", "hl:ihu", "hl:rep", "hl:ipb",
    "user locked", "account locked", "account disabled", "account is disabled", "account has been disabled", "account expired",
    "account suspended", "account blocked", "account not active", "account inactive",
    "发件人", "发信人", "发送人", "寄件人", "发件地址", "发信地址", "未授权", "无权", "没有权限", "权限不足", "授权码", "授权用户",
    "认证", "鉴权", "登录", "登陆", "密码", "用户名", "帐号已", "账号已", "账户已", "帐号被", "账号被", "账户被", "账号状态", "账户状态",
    "帐户状态", "账号异常", "账户异常", "账号或", "帐号或", "账号错误", "帐号错误", "账户错误", "停用", "冻结", "禁用", "锁定",
    "ip黑名单", "ip地址", "ip不", "ip未", "ip受限", "非法ip", "来源ip", "白名单", "信誉", "中继", "签名", "验签", "加签", "报备", "模板", "时间戳",
    "关键词不匹配", "关键词", "令牌", "密钥", "企业未", "未备案", "未开通", "已过期", "机器人", "端口号错误", "扩展号",
];

/// Names a thing of ours, which says something only where it is said to be wrong.
#[rustfmt::skip]
const OURS: &[&str] = &["timestamp", "template", "signature", "keyword", "key words", "robot", "tenant", "webhook"];

/// Says that the thing beside it is wrong.
#[rustfmt::skip]
const WRONG: &[&str] = &[
    "expired", "expire", "invalid", "illegal", "not registered", "unregistered", "not found", "not exist", "n't exist", "not match", "mismatch",
    "missing", "fail", "not approved", "unapproved", "not in", "not within", "denied", "disabled", "wrong", "incorrect", "not allow", "blocked",
    "exceed", "not valid", "not set", "not authorized", "error", "unknown", "rejected", "suspended", "not support", "stopped", "removed", "deleted",
];

/// Characters on either side of a thing in which it may be said to be wrong.
const BESIDE: usize = 40;

/// Says of somebody that he is shut out; behind RCPT TO it may be the recipient as well as we.
#[rustfmt::skip]
const THEIR_OWN: &[&str] = &[
    "suspended", "user locked", "account locked", "account disabled", "account is disabled", "account has been disabled", "account expired",
    "account suspended", "account blocked", "account not active", "account inactive", "tenant", "smtp service is disabled",
    "帐号已", "账号已", "账户已", "帐号被", "账号被", "账户被", "账号状态", "账户状态", "帐户状态", "账号异常", "账户异常", "停用", "冻结", "禁用", "锁定",
    "企业未", "未开通", "已过期",
];

/// Names the one it was for as the one who does not take it from us.
#[rustfmt::skip]
const RECEIVER: &[&str] = &[
    "resolver.rst", "this list", "the list", "mailing list", "distribution list", "this group", "the group", "this recipient", "the recipient",
    "this mailbox", "this user", "this account", "to number", "to phone number", "'to' number", "'to' phone number", "for the region", "this number", "this destination", "destination country",
    "本群", "该群", "该收件", "此收件", "该用户", "该账号", "该帐号", "该地区",
];

/// Names the number that we send from.
#[rustfmt::skip]
const SOURCE: &[&str] = &[
    "from phone number", "from number", "'from' phone number", "'from' number", "sender number", "source number", "主叫号码", "发送号码", "源号码", "接入号",
];

/// Names what we hand in, by the numbers of the recipient's mailbox.
#[rustfmt::skip]
const SUBMISSION: &[&str] = &[
    "sendasdenied", "send as", "sendas", "submission quota", "quota for submission", "submission.exception", "submissionquota", "daily limit", "sending limit",
    "send limit", "sending quota", "daily sending", "daily user sending",
];

/// Says that we have used up what we may send.
#[rustfmt::skip]
const QUOTA: &[&str] = &[
    "daily limit", "daily user sending", "daily sending", "daily message", "daily quota", "per day", "sending limit",
    "sending quota", "send limit", "send quota", "message quota", "hourly limit", "hourly quota", "monthly", "day_limit",
    "month_limit", "amount_not_enough", "amount not enough", "balance", "insufficient fund", "insufficient credit", "not enough credit",
    "no credit", "out of credit", "credits", "arrears", "in debt", "payment required", "prepaid", "exceeded your quota", "exceeding limit", "exceeds limit", "exceed limit", "limit exceeded",
    "exceeded the limit", "limitexceeded", "rp:trc", "rp:drc", "mi:stc",
    "余额", "欠费", "费用不足", "额度", "配额", "条数不足", "剩余条数", "短信不足", "可用条数", "套餐", "日限", "月限", "每日", "当天", "当日",
    "上限", "发送总量", "超出限额", "超过限额", "超过限制", "超出限制",
];

/// Says that we are too fast.
#[rustfmt::skip]
const PACE: &[&str] = &[
    "too fast", "too frequent", "frequen", "freq out", "throttl", "rate limit", "rate-limit", "ratelimit", "rate exceeded",
    "sending rate", "too many request", "too many message", "too many recipient", "too many mail", "too many email", "too many sms",
    "too many attempts", "slow down", "too quickly", "flow control", "flow_control",
    "requestlimitexceeded", "mi:dmc", "mi:sfq", "rp:rcl", "rp:cel", "unusual rate",
    "频率", "频繁", "过快", "太快", "限流", "流控", "流量控制", "速率", "超速", "过于集中",
];

/// Says that we open too many connections.
#[rustfmt::skip]
const CROWD: &[&str] = &[
    "too many connection", "too many concurrent", "concurrent connection", "concurrent smtp", "maximum number of connection",
    "maximum number of concurrent", "too many session", "too many smtp session", "connection limit", "connections from your",
    "many simultaneous", "simultaneous connection", "hl:itc", "hl:ifc", "connection frequency", "连接数", "并发连接", "连接过多",
];

/// Says in so many words that it is us, whatever else it names.
#[rustfmt::skip]
const PLAINLY_US: &[&str] = &[
    "helo command rejected", "ehlo command rejected", "sender address rejected", "client host rejected", "sender verify", "relay access denied",
    "policy rejection", "relaying denied", "relay denied", "unable to relay", "not permitted to relay",
];

/// Says that there is no more room, be it in a mailbox or in an account.
const SPACE: &[&str] = &[
    "quota exceeded",
    "exceeded quota",
    "exceeded its quota",
    "exceeds quota",
    "quota is exceeded",
];

/// Says that this one number or address has had enough for now.
#[rustfmt::skip]
const ENOUGH: &[&str] = &[
    "business_limit_control", "limitexceeded.phonenumber", "limitexceeded.deliveryfrequency", "per number", "same number", "same phone", "per recipient",
    "same recipient", "receiving mail too", "分钟级流控", "小时级流控", "天级流控", "同一号码", "同一手机", "单个号码", "单一号码", "单个手机", "该号码", "此号码", "号码当天", "号码当日",
    "号码发送", "号码超", "手机号发送", "同一内容",
];

/// Speaks of the one it was for.
#[rustfmt::skip]
const RECIPIENT: &[&str] = &[
    "user unknown", "unknown user", "no such user", "no such recipient", "no such mailbox", "no such person", "no such address",
    "no such account", "no mailbox", "no user", "not exist", "n't exist", "user not found", "user was not found", "recipient not found",
    "mailbox not found", "address not found", "account not found", "recipientnotfound", "subscriber not found", "not a known user",
    "invalid recipient", "invalid user", "invalid mailbox", "invalid address", "bad recipient", "bad destination", "unknown recipient",
    "recipient unknown", "unknown address", "unknown mailbox", "unknown account", "unknown local", "recipient address rejected",
    "recipient rejected", "recipient denied", "recipient is not", "recipient not", "recipient refused", "address rejected", "unroutable",
    "unrouteable", "mailbox unavailable", "mailbox is unavailable", "mailbox full", "mailbox is full", "mailbox disabled", "mailbox is disabled", "mailbox is inactive",
    "mailbox inactive", "inactive mailbox", "inactive user", "user disabled", "user is disabled", "account is inactive", "mailbox quota",
    "over quota", "overquota", "over its quota", "out of storage", "mailbox size", "storage limit", "insufficient disk quota", "not accepting mail",
    "not accepting message", "does not accept mail", "does not like recipient", "undeliverable", "domain not found", "host not found", "no such domain",
    "unknown host", "unknown domain", "not a valid mailbox", "not a valid user", "unverified address", "no mx", "not listed in public",
    "receiving mail", "receive limit", "unsubscribed", "opted out", "opt-out", "do not call", "phone number", "mobile number",
    "invalid number", "bad number", "wrong number", "invalid mobile", "invalid phone", "invalid msisdn", "msisdn", "invalid destination",
    "destination number", "mobile_number", "incorrectphonenumber", "phonenumberinblacklist", "number is in blacklist", "number in blacklist", "unknown subscriber",
    "absent subscriber", "missing receiver", "user blacklist",
    "收件人", "收信人", "收件地址", "用户不存在", "用户未找到", "邮箱不存在", "邮箱已满", "邮箱空间", "邮箱停用", "地址不存在", "无此用户", "无此邮箱",
    "查无", "域名不存在", "拒收", "退订", "空号", "停机", "关机", "号码错误", "号码无效", "号码不", "号码格式", "号码为空", "无效号码", "非法号码", "错误号码", "号码在黑名单", "号码黑名单",
    "黑名单号码", "黑名单用户", "手机号", "手机号码", "接收号码", "接收者", "被叫",
];

/// Speaks of the text.
#[rustfmt::skip]
const MESSAGE: &[&str] = &[
    "too large", "too big", "too long", "size limit", "size exceed", "message size", "exceeds size", "exceeds the size", "maximum size", "max size", "maximum message size",
    "max length", "maximum length", "exceeds max", "exceed max length", "content exceeds", "text is empty", "content is empty", "empty content", "empty text",
    "empty message", "message empty", "text must be", "line too long", "virus", "malware", "infected", "attachment", "security issue",
    "sensitive", "illegal content", "content illegal", "content_illegal", "black_key_control", "param_length_limit", "contentlengthlimit",
    "containsensitiveword", "template_missing_parameters", "forbidden word", "bad word", "prohibited content", "inappropriate", "can't parse entities",
    "invalidmessage",
    "过长", "超长", "太长", "长度超", "超过长度", "字数超", "内容为空", "内容不能为空", "短信内容为空", "敏感", "违禁", "违规", "屏蔽词", "非法词", "关键字屏蔽", "不合适的",
    "不安全的外链", "病毒",
];

impl Words {
    pub fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        Self(lower.split_whitespace().collect::<Vec<_>>().join(" "))
    }

    pub fn has(&self, any: &[&str]) -> bool {
        any.iter().any(|word| self.0.contains(word))
    }

    pub fn topics(&self) -> Topics {
        // A phrase that says whom it means is not asked again: a number in a blacklist is not our address in one.
        let rest = [RECIPIENT, MESSAGE]
            .concat()
            .iter()
            .fold(self.0.clone(), |text, phrase| {
                if text.contains(phrase) {
                    text.replace(phrase, " ")
                } else {
                    text
                }
            });
        let rest = Self(rest);
        Topics {
            us: self.is_plainly_us() || self.is_source() || rest.has(US) || self.has_ours_wrong(),
            quota: self.has(QUOTA),
            pace: self.has(PACE),
            crowd: self.has(CROWD),
            recipient: self.has(RECIPIENT) && !self.is_source(),
            message: self.has(MESSAGE),
            space: self.has(SPACE),
            enough: self.has(ENOUGH),
        }
    }

    pub fn is_plainly_us(&self) -> bool {
        self.has(PLAINLY_US)
    }

    /// Without the words that Postfix puts before every refusal at RCPT TO, whoever it is about.
    pub fn without_prefix(self) -> Self {
        match self.0.split_once("recipient address rejected:") {
            Some((before, after)) if !after.trim().is_empty() => Self(format!("{before}{after}")),
            _ => self,
        }
    }

    /// Without what may be said of a recipient as well as of us.
    pub fn without_their_own(&self) -> Self {
        let without = |text: String, phrase: &&str| text.replace(phrase, " ");
        Self(THEIR_OWN.iter().fold(self.0.clone(), without))
    }

    pub fn names_a_receiver(&self) -> bool {
        self.has(RECEIVER)
    }

    pub fn is_about_submission(&self) -> bool {
        self.has(SUBMISSION)
    }

    /// What we may send in a day or a month, or what we have paid for, is used up; not what we may send in a minute.
    pub fn is_used_up(&self) -> bool {
        let soon = [
            "per minute",
            "per second",
            "a minute",
            "a second",
            "每秒",
            "每分钟",
        ];
        let long = [
            "daily",
            "per day",
            "day_limit",
            "month",
            "balance",
            "credit",
            "quota",
            "arrears",
            "余额",
            "欠费",
            "额度",
            "配额",
            "套餐",
            "日限",
            "月限",
            "每日",
            "当天",
            "当日",
            "条数不足",
        ];
        self.has(&long) && !self.has(&soon) && !self.has(ENOUGH)
    }

    /// The number that we send from is meant, and not the one it goes to.
    fn is_source(&self) -> bool {
        self.has(SOURCE) && !self.has(&["to number", "to phone number", "'to' "])
    }

    /// A thing of ours is named, and beside it that it is wrong.
    fn has_ours_wrong(&self) -> bool {
        let is_wrong = |at: usize, thing: &str| {
            let before: String = self.0[..at].chars().rev().take(BESIDE).collect();
            let before: String = before.chars().rev().collect();
            let after: String = self.0[at + thing.len()..].chars().take(BESIDE).collect();
            Self(before).has(WRONG) || Self(after).has(WRONG)
        };
        OURS.iter().any(|thing| {
            self.0
                .match_indices(thing)
                .any(|(at, _)| is_wrong(at, thing))
        })
    }
}

impl Topics {
    /// We are meant, and nobody else is.
    pub fn only_us(self) -> bool {
        (self.us || self.quota) && !self.recipient && !self.message && !self.enough
    }
}
