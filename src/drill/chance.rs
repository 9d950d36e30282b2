//! Chance that repeats itself: drawn from a seed and a name, with arithmetic that every machine does alike.
//!
//! The mathematical library of a platform may round `ln` and `exp` its own way, and one second of difference changes
//! a whole drill; so both are done here with additions, multiplications and divisions alone.

use sha2::{Digest, Sha256};

/// Two numbers in (0, 1), the same for the same seed and name.
fn uniform(seed: u64, name: &str) -> (f64, f64) {
    let digest = Sha256::digest(format!("{seed}:{name}"));
    let number = |from: usize| {
        let bytes = digest.iter().skip(from).take(6);
        // 48 bits fit a double exactly.
        let whole = bytes.fold(0u64, |sum, byte| (sum << 8) | u64::from(*byte));
        #[expect(clippy::cast_precision_loss, reason = "48 bits fit")]
        let whole = whole as f64;
        (whole + 0.5) / 281_474_976_710_656.0
    };
    (number(0), number(8))
}

/// Of 1000, the one that falls on this name.
pub fn per_mille(seed: u64, name: &str) -> u32 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and 1000"
    )]
    let drawn = (uniform(seed, name).0 * 1000.0) as u32;
    drawn
}

/// A draw from the standard normal distribution (Marsaglia's polar method).
fn normal(seed: u64, name: &str) -> f64 {
    for round in 0..64 {
        let (a, b) = uniform(seed, &format!("{name}#{round}"));
        let (a, b) = (2.0 * a - 1.0, 2.0 * b - 1.0);
        let square = a * a + b * b;
        if square < 1.0 && square > 0.0 {
            return a * (-2.0 * ln(square) / square).sqrt();
        }
    }
    0.0
}

/// Seconds from a log-normal distribution with this median and 90th percentile, at least one.
pub fn log_normal_seconds(seed: u64, name: &str, median: i64, p90: i64) -> i64 {
    const Z90: f64 = 1.281_551_565_544_6;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a span is at most a hundred years"
    )]
    let (median, p90) = (median.max(1) as f64, p90.max(1) as f64);
    let sigma = ln((p90 / median).max(1.0)) / Z90;
    let drawn = median * exp(sigma * normal(seed, name));
    #[expect(clippy::cast_possible_truncation, reason = "bounded by the clamp")]
    let seconds = drawn.clamp(1.0, 3_155_760_000.0).round() as i64;
    seconds
}

/// The natural logarithm of a positive number.
fn ln(x: f64) -> f64 {
    let (mut x, mut twos) = (x, 0i32);
    while x >= 1.5 {
        x /= 2.0;
        twos += 1;
    }
    while x < 0.75 {
        x *= 2.0;
        twos -= 1;
    }
    // 2·artanh((x−1)/(x+1)), |argument| ≤ 1/5.
    let y = (x - 1.0) / (x + 1.0);
    let (mut power, mut sum) = (y, 0.0);
    for n in 0..16 {
        sum += power / f64::from(2 * n + 1);
        power *= y * y;
    }
    2.0 * sum + f64::from(twos) * std::f64::consts::LN_2
}

/// e to the power of `x`, for |x| below 40.
fn exp(x: f64) -> f64 {
    let x = x.clamp(-40.0, 40.0);
    // e^x = (e^(x/64))^64
    let y = x / 64.0;
    let (mut term, mut sum) = (1.0, 1.0);
    for n in 1..18 {
        term *= y / f64::from(n);
        sum += term;
    }
    for _ in 0..6 {
        sum *= sum;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logarithm_and_power_are_those_of_mathematics() {
        for x in [1e-9, 0.1, 0.5, 0.99, 1.0, 1.7, 2.0, 10.0, 12345.6] {
            assert!((ln(x) - x.ln()).abs() < 1e-12, "ln {x}");
        }
        for x in [-20.0, -1.0, 0.0, 0.3, 1.0, 5.0, 20.0] {
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-12, "exp {x}");
        }
    }

    #[test]
    fn half_are_faster_than_the_median_and_nine_of_ten_than_p90() {
        let drawn: Vec<i64> = (0..20_000)
            .map(|n| log_normal_seconds(7, &format!("draw {n}"), 300, 900))
            .collect();
        let share = |limit: i64| drawn.iter().filter(|s| **s <= limit).count() as f64 / 20_000.0;
        assert!((share(300) - 0.5).abs() < 0.015, "{}", share(300));
        assert!((share(900) - 0.9).abs() < 0.01, "{}", share(900));
        assert!(drawn.iter().all(|s| *s >= 1));
    }

    #[test]
    fn a_draw_hangs_on_its_seed_and_name_alone() {
        assert_eq!(
            log_normal_seconds(1, "a", 180, 480),
            log_normal_seconds(1, "a", 180, 480)
        );
        assert_ne!(
            log_normal_seconds(1, "a", 18_000, 48_000),
            log_normal_seconds(2, "a", 18_000, 48_000)
        );
        assert_eq!(
            log_normal_seconds(3, "b", 120, 120),
            120,
            "no spread, no chance"
        );
    }
}
