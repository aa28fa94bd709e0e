import protobuf from 'protobufjs/light.js';

/** The messages of onnx.proto3 that a graph needs, by their public field numbers. */
const SCHEMA = {
  ModelProto: {
    irVersion: ['int64', 1],
    producerName: ['string', 2],
    graph: ['GraphProto', 7],
    opsetImport: ['OperatorSetIdProto', 8, 'repeated'],
  },
  OperatorSetIdProto: { domain: ['string', 1], version: ['int64', 2] },
  GraphProto: {
    node: ['NodeProto', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['TensorProto', 5, 'repeated'],
    input: ['ValueInfoProto', 11, 'repeated'],
    output: ['ValueInfoProto', 12, 'repeated'],
  },
  NodeProto: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['AttributeProto', 5, 'repeated'],
    domain: ['string', 7],
  },
  AttributeProto: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    ints: ['int64', 8, 'repeated'],
    type: ['int32', 20],
  },
  TensorProto: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    name: ['string', 8],
    rawData: ['bytes', 9],
    externalData: ['StringStringEntryProto', 13, 'repeated'],
    dataLocation: ['int32', 14],
  },
  StringStringEntryProto: { key: ['string', 1], value: ['string', 2] },
  ValueInfoProto: { name: ['string', 1], type: ['TypeProto', 2] },
  TypeProto: { tensorType: ['TensorTypeProto', 1] },
  TensorTypeProto: { elemType: ['int32', 1], shape: ['TensorShapeProto', 2] },
  TensorShapeProto: { dim: ['DimensionProto', 1, 'repeated'] },
  DimensionProto: { dimValue: ['int64', 1], dimParam: ['string', 2] },
} as const;

/** Element types by their numbers in `TensorProto.DataType`. */
export const DATA_TYPES = { f32: 1, u8: 2, i8: 3, i32: 6, i64: 7, f16: 10 } as const;

/** Element type of a tensor in a graph. */
export type DataType = keyof typeof DATA_TYPES;

/** Numbers of `AttributeProto.AttributeType`. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, ints: 7 } as const;

/** `TensorProto.DataLocation.EXTERNAL`. */
export const EXTERNAL_DATA = 1;

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(SCHEMA).map(([message, fields]) => [
      message,
      {
        fields: Object.fromEntries(
          Object.entries(fields as Record<string, readonly [string, number, string?]>).map(
            ([name, [type, id, rule]]) => [name, rule === undefined ? { type, id } : { type, id, rule }],
          ),
        ),
      },
    ]),
  ),
});

const modelType = root.lookupType('ModelProto');

/** Serialises a model given as plain objects in the form of the messages above. */
export function encodeModel(model: object): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}

/** The reverse of {@link encodeModel}, for tests and inspection. */
export function decodeModel(bytes: Uint8Array): Record<string, unknown> {
  return modelType.toObject(modelType.decode(bytes), { longs: Number });
}
