/** Whose turn a request takes in the queue: the key's, divided among its users where requests name them. */
export function laneOf(owner: string, user: string | undefined): string {
  return user === undefined ? owner : `${owner}/${user}`;
}
