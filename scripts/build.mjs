import { build } from './setup/build.mjs';
import { lock, withLock } from './setup/lock.mjs';
import { reportProblems } from './setup/problem.mjs';

await reportProblems(() => withLock(lock, build));
