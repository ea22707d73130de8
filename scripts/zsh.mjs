import { spawnSync } from 'node:child_process';

/** Whether there is a zsh that can be typed at by a script. */
export const zsh = spawnSync('zsh', ['-f', '-c', 'zmodload zsh/zpty']).status === 0;
