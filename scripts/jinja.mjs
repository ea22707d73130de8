import { spawnSync } from 'node:child_process';

/** The Python that has Jinja2, the language of Home Assistant's templates; `undefined`: there is none. */
export const jinjaPython = ['python3'].find((python) => spawnSync(python, ['-c', 'import jinja2']).status === 0);
