import { z } from 'zod';

// Kinds of fields that several parts of a scenario have.

export const seconds = z.number().nonnegative();
/** Ten thousand requests a second are beyond any fleet that can be played here. */
export const rate = z.number().nonnegative().max(10_000);
/** A name that can stand in file names and Kubernetes objects. */
export const name = z.string().regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, { error: 'lower case letters, digits, dots and dashes' });
