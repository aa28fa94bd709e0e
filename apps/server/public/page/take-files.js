/**
 * Takes files that are chosen, dropped on a place, or pasted while that place is shown.
 *
 * @param {{ place: HTMLElement, input: HTMLInputElement, onFiles: (files: File[]) => void }} options
 */
export function takeFiles({ place, input, onFiles }) {
  /** @param {FileList | undefined} list */
  const take = (list) => {
    const files = [...(list ?? [])];
    if (files.length > 0) onFiles(files);
    return files.length > 0;
  };
  input.addEventListener('change', () => {
    take(input.files ?? undefined);
    // The same file can then be chosen again.
    input.value = '';
  });
  place.addEventListener('dragover', (event) => {
    event.preventDefault();
    place.classList.add('dropping');
  });
  place.addEventListener('dragleave', (event) => {
    const isInside = event.relatedTarget instanceof Node && place.contains(event.relatedTarget);
    if (!isInside) place.classList.remove('dropping');
  });
  place.addEventListener('drop', (event) => {
    event.preventDefault();
    place.classList.remove('dropping');
    take(event.dataTransfer?.files);
  });
  document.addEventListener('paste', (event) => {
    if (!place.hidden && take(event.clipboardData?.files)) event.preventDefault();
  });
}
