// What tests get when they import fast-check: jest.config.js sees to it.
import fc from '../../node_modules/fast-check/lib/fast-check.js';
import { seed } from './seed.js';

fc.configureGlobal({ seed });

export * from '../../node_modules/fast-check/lib/fast-check.js';
export default fc;
