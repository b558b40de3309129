/** Where results are kept, and looked for, unless it is said otherwise. */
export const defaultFolder = 'lab-results';
