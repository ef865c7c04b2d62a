// The ramp of dependence: seven steps, darkest (lightest in the dark theme) is most dependent.
export const RAMP = 7;
export const rampStep = (share: number): number => Math.min(RAMP - 1, Math.max(0, Math.floor(share * RAMP)));
