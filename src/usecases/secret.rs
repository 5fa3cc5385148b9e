//! Comparing secrets: the only place where two of them meet.

use subtle::{Choice, ConstantTimeEq};

/// Whether this is one of the stored hashes, by the same work whatever they are and whether they are there. One that was
/// never stored equals nothing.
pub(super) fn is_one_of(said: &[u8; 32], stored: [Option<[u8; 32]>; 2]) -> bool {
    let equal = stored.map(|stored| {
        let is = stored.unwrap_or([0; 32]).ct_eq(said);
        is & Choice::from(u8::from(stored.is_some()))
    });
    bool::from(equal[0] | equal[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{hint::black_box, time::Instant};

    const STORED: [u8; 32] = [0x5a; 32];
    /// Of each kind of secret.
    const SAMPLES: usize = 10_000;
    /// One comparison takes less than a clock can tell.
    const AT_ONCE: u32 = 20;

    /// The stored one, but for one byte.
    fn but_for(nth: usize) -> [u8; 32] {
        let mut said = STORED;
        said[nth] ^= 1;
        said
    }

    /// Nanoseconds that each kind took, one after the other in an order that nothing follows, so that whatever else the
    /// machine does, or remembers of the one before, falls on all alike.
    fn measure<const N: usize>(kinds: [[u8; 32]; N], compare: impl Fn(&[u8; 32]) -> bool) -> [Vec<f64>; N] {
        let mut took = [(); N].map(|()| Vec::with_capacity(SAMPLES));
        let (mut chance, mut order): (u64, [usize; N]) = (7919, std::array::from_fn(|nth| nth));
        for _ in 0..SAMPLES {
            for last in (1..N).rev() {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                order.swap(last, (chance >> 33) as usize % (last + 1));
            }
            for nth in order {
                let said = black_box(&kinds[nth]);
                let began = Instant::now();
                for _ in 0..AT_ONCE {
                    black_box(compare(black_box(said)));
                }
                took[nth].push(began.elapsed().as_secs_f64() * 1e9);
            }
        }
        took
    }

    /// Welch's t. The slowest tenth, in which the machine did something else, is left out.
    fn welch(one: &[f64], other: &[f64]) -> f64 {
        let stats = |times: &[f64]| {
            let mut times = times.to_vec();
            times.sort_by(f64::total_cmp);
            times.truncate(times.len() * 9 / 10);
            let count = times.len() as f64;
            let mean = times.iter().sum::<f64>() / count;
            (mean, times.iter().map(|t| (t - mean).powi(2)).sum::<f64>() / (count - 1.0) / count)
        };
        let ((one, spread), (two, other)) = (stats(one), stats(other));
        (one - two).abs() / (spread + other).sqrt()
    }

    /// The largest t between any two kinds: the first byte differs, the middle one, the last one, none.
    fn largest_t(compare: impl Fn(&[u8; 32]) -> bool) -> f64 {
        let took = measure([but_for(0), but_for(15), but_for(31), STORED], compare);
        let pairs = (0..took.len()).flat_map(|a| (0..a).map(move |b| (a, b)));
        pairs.map(|(a, b)| welch(&took[a], &took[b])).fold(0.0, f64::max)
    }

    #[test]
    fn t20_how_long_a_comparison_takes_says_nothing_about_the_secret() {
        // A shared machine is noisy: what depends on the secret does so every time.
        let mut found = Vec::new();
        while found.len() < 3 && found.last().is_none_or(|t| *t >= 4.0) {
            found.push(largest_t(|said| is_one_of(said, [Some(STORED), None])));
        }
        println!("figure: comparing secrets, {SAMPLES} samples of each kind: Welch t {found:.1?} (target below 4)");
        assert!(found.last().is_some_and(|t| *t < 4.0), "{found:?}");
    }

    /// What the test above is worth: a comparison that stops at the first difference is seen.
    #[test]
    fn t20_a_comparison_that_stops_early_would_be_seen() {
        let t = largest_t(|said| said.iter().zip(black_box(&STORED)).all(|(one, other)| one == other));
        assert!(t > 4.0, "{t}");
    }

    #[test]
    fn t11_what_was_never_stored_equals_nothing() {
        assert!(is_one_of(&STORED, [Some(STORED), None]) && is_one_of(&STORED, [Some([1; 32]), Some(STORED)]));
        assert!(!is_one_of(&STORED, [Some(but_for(31)), Some(but_for(0))]));
        assert!(!is_one_of(&[0; 32], [None, None]), "nor does the nothing that stands for it");
    }
}
