import { authorizedFetch } from "./client";
import { problemOf } from "./problem";

/** A whole file; a link could not carry the token. */
export async function fetchFile(url: string): Promise<Blob> {
  return fileOf(await authorizedFetch(url));
}

export async function fileOf(response: Response): Promise<Blob> {
  if (!response.ok) throw await problemOf(response);
  return await response.blob();
}
