//! Every kind of channel against a peer that answers as its provider does.

mod building;
mod email;
mod file;
mod receipts;
mod robots;
mod sms;
mod telegram;
mod tls;
