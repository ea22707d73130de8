/** The days in the order of a schedule map (SDK 6.1). By themselves: who needs them may need nothing else of the SDK. */
export const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const;
