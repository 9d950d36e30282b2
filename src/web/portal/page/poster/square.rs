//! The square code that leads from paper to the page.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

/// A square code: its modules on a side, with the quiet zone, and the outline of the dark ones.
pub struct Square {
    pub side: usize,
    pub path: String,
}

impl Square {
    /// None for an address that is too long for one, which none of ours is.
    pub fn of(link: &str) -> Option<Self> {
        const QUIET: usize = 4;
        let code = QrCode::with_error_correction_level(link, EcLevel::M).ok()?;
        let width = code.width();
        let colors = code.to_colors();
        let mut path = String::new();
        for (y, row) in colors.chunks(width).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    // Writing to a String cannot fail.
                    let (at, down, len) = (x + QUIET, y + QUIET, run.len());
                    let _ = write!(path, "M{at} {down}h{len}v1h-{len}z");
                }
                x += run.len();
            }
        }
        Some(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}
