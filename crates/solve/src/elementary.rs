//! Logarithm, exponential and power in lanes: a few operations that a processor does on all lanes at once, with the same
//! bits on every machine and in any number of lanes. For positive, normal numbers and results far from the ends of the
//! range; nothing checks that. Relative errors are within 1e-15 or so (see the tests).

use crate::program::Lanes;

/// The bits of the square root of a half: where the range of reduced numbers starts.
const ROOT_OF_HALF: u64 = 0x3fe6_a09e_667f_3bcd;
const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
/// Adding this leaves a whole number in the low bits of the sum.
const WHOLE: f64 = 6_755_399_441_055_744.0;

/// Natural logarithms.
#[inline(always)]
pub fn ln<const L: usize>(numbers: &Lanes<L>) -> Lanes<L> {
    let mut logarithms = [0.0; L];
    for lane in 0..L {
        let bits = numbers[lane].to_bits();
        // A power of two, counted from 1024, and what it leaves between the roots of a half and of two.
        let power = bits.wrapping_sub(ROOT_OF_HALF).wrapping_add(1024 << 52) >> 52;
        let left = f64::from_bits(bits.wrapping_sub(power.wrapping_sub(1024) << 52));
        let power = f64::from_bits(power | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1024.0);
        // ln left = 2 artanh ratio, as a series.
        let ratio = (left - 1.0) / (left + 1.0);
        let square = ratio * ratio;
        let mut sum = 1.0 / 21.0;
        for term in [19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0] {
            sum = sum * square + 1.0 / term;
        }
        let tail = 2.0 * ratio * square * sum;
        logarithms[lane] = power * LN_2_HIGH + (2.0 * ratio + (tail + power * LN_2_LOW));
    }
    logarithms
}

/// Exponentials.
#[inline(always)]
pub fn exp<const L: usize>(numbers: &Lanes<L>) -> Lanes<L> {
    let mut exponentials = [0.0; L];
    for lane in 0..L {
        let shifted = numbers[lane] * std::f64::consts::LOG2_E + WHOLE;
        let power = shifted - WHOLE;
        let left = (numbers[lane] - power * LN_2_HIGH) - power * LN_2_LOW;
        let mut sum = 1.0 / 6_227_020_800.0;
        for factorial in
            [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0]
        {
            sum = sum * left + 1.0 / factorial;
        }
        let near_one = 1.0 + (left + left * left * sum);
        exponentials[lane] = near_one * f64::from_bits(shifted.to_bits().wrapping_add(1023) << 52);
    }
    exponentials
}

/// Powers.
#[inline(always)]
pub fn power<const L: usize>(numbers: &Lanes<L>, exponents: &Lanes<L>) -> Lanes<L> {
    let logarithms = ln(numbers);
    let mut products = [0.0; L];
    for lane in 0..L {
        products[lane] = logarithms[lane] * exponents[lane];
    }
    exp(&products)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_are_those_of_libm() {
        let (mut of_ln, mut of_exp, mut of_power) = (0.0_f64, 0.0_f64, 0.0_f64);
        for step in 0..200_000 {
            let number = libm::exp(f64::from(step) * 1e-4 - 10.0);
            let (found, exact) = (ln(&[number])[0], libm::log(number));
            of_ln = of_ln.max((found - exact).abs() / exact.abs().max(1e-3));
            let exponent = f64::from(step) * 1e-4 - 10.0;
            of_exp = of_exp.max((exp(&[exponent])[0] / libm::exp(exponent) - 1.0).abs());
            let small = f64::from(step % 97) * -0.01;
            of_power = of_power.max((power(&[number], &[small])[0] / libm::pow(number, small) - 1.0).abs());
        }
        println!("largest differences: ln {of_ln:.1e}, exp {of_exp:.1e}, power {of_power:.1e}");
        assert!(of_ln < 1e-15 && of_exp < 1e-15 && of_power < 4e-15);
        assert_eq!(power(&[1.0], &[-0.3])[0], 1.0);
        assert_eq!((ln(&[1.0])[0], exp(&[0.0])[0]), (0.0, 1.0));
    }

    #[test]
    fn lanes_do_not_change_bits() {
        let numbers = [0.013, 0.9, 1.7, 24.0];
        let all = power(&numbers, &[-0.1; 4]);
        for (number, found) in numbers.into_iter().zip(all) {
            assert_eq!(power(&[number], &[-0.1])[0].to_bits(), found.to_bits());
        }
    }
}
