//! The public portal over real HTTP: what a reader, a feed reader, a cache and an attacker would notice.

mod akin;
mod amended;
mod answer;
mod beside;
mod browser;
mod corrected;
mod corrected_hour;
mod corrected_twice;
mod ended;
mod english;
mod excepted;
mod feeds;
mod forwarded;
mod hushed;
mod lifted;
mod lists;
mod named;
mod pages;
mod poster;
mod sayings;
mod taken_back;
mod verify;
mod wire;
