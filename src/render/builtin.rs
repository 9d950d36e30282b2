//! Words of the program's own, for what every plan must be able to say at once even if nobody has written it.

use crate::domain::plan::WITHDRAWAL;

/// Takes a text back: says no more than that, since what is right is not known yet.
const WITHDRAWAL_TEXT: &str = r#"---
title: 关于撤回《{{original.title}}》的说明
title-en: "Withdrawn: “{{original.title}}”"
action: 该信息已经撤回，请不要再据此行动，也不要转发；其他预警、通告继续有效。
action-en: That text is withdrawn and holds no more. Do not act on it and do not pass it on. Other notices stay in force.
sms: |-
  {{release.areas}}：{{original.published-at}}发布的《{{original.title}}》已撤回，请不要再据此行动，也不要转发，以后续发布为准。{{#if release.hotline}}咨询{{release.hotline}}{{/if}}
sms-en: |-
  {{release.areas-en}}: “{{original.title}}” of {{original.published-at}} is withdrawn and holds no more. Do not act on it. Other notices stand.{{#if release.hotline}} Telephone {{release.hotline}}{{/if}}
text-en: |
  “{{original.title}}”{{#if original.document-number}} ({{original.document-number}}){{/if}}, published at {{original.published-at}} for {{release.areas-en}}, is withdrawn. Please do not act on it and do not pass it on.

  What holds now: every other notice in force, as it was published, and nothing of this text. If another text takes its place, it is published on the same site. The page of the withdrawn text says that it is withdrawn and keeps its words{{#if original.link}}: {{original.link}}{{/if}}.{{#if release.hotline}} Telephone: {{release.hotline}}.{{/if}}
---
{{release.issuer}}{{original.published-at}}发布的《{{original.title}}》{{#if original.document-number}}（{{original.document-number}}）{{/if}}现予撤回，请不要再据此行动，也不要转发。

撤回不影响目前正在执行的其他预警、通告和通报。原发布页面{{#if original.link}}（{{original.link}}）{{/if}}已标明撤回，原文保留备查。本说明发往收到原信息的全部渠道和人员，请已转发、张贴原信息的单位同步更新。有关情况以后续发布为准。{{#if release.hotline}}咨询电话：{{release.hotline}}。{{/if}}
"#;

/// The source of a template that no plan has.
pub fn source(name: &str) -> Option<&'static str> {
    (name == WITHDRAWAL).then_some(WITHDRAWAL_TEXT)
}
