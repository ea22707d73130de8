import type { OperationParams } from '../../../../src/shared/sdk/index.js';
import { Refusal } from './refusal.js';

/** An account as 10.6 has it. */
type User = OperationParams<'setUser'>['body'][number];

type Account = User & Required<Pick<User, 'active' | 'username' | 'password' | 'permissions'>>;

export const ADMIN = 1;
/** Accounts of the NVR; those that are not active wait for a name. */
const ACCOUNTS = 10;

const rights = [
  ...['live_on', 'live', 'playback_on', 'playback', 'ptz_on', 'ptz_control', 'copy_on', 'copy', 'log_search'],
  ...['parameter', 'system_maintenance', 'manual_record', 'manage_disk', 'remote_login', 'sequence_control'],
  'manual_snapshot',
];

/** Who may log in (SDK 10.4–10.7): the administrator is account 1, the others wait for a name. */
export class Accounts {
  #byId: ReadonlyMap<number, Account>;

  /** @param username, password of the administrator */
  constructor(username: string, password: string) {
    const slots = Array.from({ length: ACCOUNTS }, (_, index) => index + 1);
    this.#byId = new Map(
      slots.map((userID) => [
        userID,
        {
          userID,
          active: userID === ADMIN,
          username: userID === ADMIN ? username : `user${userID}`,
          password: userID === ADMIN ? password : '',
          permissions: Object.fromEntries(
            rights.map((right) => [right, userID === ADMIN || !/^(para|sys|mana)/.test(right)]),
          ),
        },
      ]),
    );
  }

  get all(): readonly Account[] {
    return structuredClone([...this.#byId.values()]);
  }

  /** As a configuration file has them. */
  restore(accounts: readonly Account[]): void {
    this.#byId = new Map(structuredClone(accounts).map((account) => [account.userID, account]));
  }

  /** @throws {@link Refusal} where there is no such account */
  get(userID: number): Account {
    const account = this.#byId.get(userID);
    if (!account) throw new Refusal(`userID=${userID}: no such user`);
    return structuredClone(account);
  }

  /** The account that may log in under that name. */
  named(username: string): Account | undefined {
    const mayEnter = ({ active, permissions }: Account) => active && permissions.remote_login !== false;
    return this.all.find((account) => account.username === username && mayEnter(account));
  }

  /**
   * Changes what is given; without a password the old one stays.
   * @returns whether whoever is logged in with it must log in again
   * @throws {@link Refusal}
   */
  set(userID: number, change: Partial<User>): boolean {
    const before = this.get(userID);
    const after: Account = { ...before, ...structuredClone(change), userID };
    after.permissions = { ...before.permissions, ...after.permissions };
    const others = this.all.filter((other) => other.userID !== userID && other.active);
    if (userID === ADMIN && !after.active) throw new Refusal('active: the administrator stays active');
    if (after.active && !after.username) throw new Refusal('username: must not be empty');
    if (after.active && !after.password) throw new Refusal('password: must not be empty');
    if (after.active && others.some(({ username }) => username === after.username)) {
      throw new Refusal(`username=${after.username}: there is such a user already`);
    }
    this.#byId = new Map([...this.#byId, [userID, after]]);
    return (
      this.named(after.username)?.userID !== userID ||
      after.username !== before.username ||
      after.password !== before.password
    );
  }
}
