/** The NVR will not do what it was asked: it answers `{Result: "Error", Description}`. */
export class Refusal extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}

/** A login that was rejected: counted, but no fault of the request's form. */
export class WrongLogin extends Refusal {}
