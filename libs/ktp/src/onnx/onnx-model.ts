import protobuf from 'protobufjs/light.js';

/** A network as ONNX stores it; messages that nothing here looks into stay bytes. */
export interface OnnxModel {
  graph: OnnxGraph;
}

/** Nodes in an order in which each comes after those that it takes its input from. */
export interface OnnxGraph {
  node: OnnxNode[];
  initializer: OnnxTensor[];
  output: OnnxValue[];
}

/** A result of the network; `type` is a message that stays bytes. */
export interface OnnxValue {
  name: string;
  type: Uint8Array;
}

/** One operation. */
export interface OnnxNode {
  opType: string;
  input: string[];
  output: string[];
  attribute: OnnxAttribute[];
}

/** A named constant of an operation; `type` says which of the values is set. */
export interface OnnxAttribute {
  name: string;
  type: number;
  f?: number;
  ints?: readonly number[];
  t?: OnnxTensor;
}

/** A constant; 32-bit floats are in `rawData` (little-endian) or in `floatData`. */
export interface OnnxTensor {
  name: string;
  dims: readonly number[];
  dataType: number;
  rawData?: Uint8Array;
  floatData?: readonly number[];
}

/** `TensorProto.DataType.FLOAT`. */
export const FLOAT = 1;
/** `AttributeProto.AttributeType.FLOAT`. */
export const FLOAT_ATTRIBUTE = 1;

/** The messages of onnx.proto3 by their public field numbers. */
const SCHEMA: Readonly<Record<string, Readonly<Record<string, readonly [string, number, 'repeated'?]>>>> = {
  ModelProto: {
    irVersion: ['int64', 1],
    graph: ['GraphProto', 7],
    opsetImport: ['bytes', 8, 'repeated'],
  },
  GraphProto: {
    node: ['NodeProto', 1, 'repeated'],
    name: ['string', 2],
    initializer: ['TensorProto', 5, 'repeated'],
    input: ['bytes', 11, 'repeated'],
    output: ['ValueInfoProto', 12, 'repeated'],
  },
  ValueInfoProto: {
    name: ['string', 1],
    type: ['bytes', 2],
  },
  NodeProto: {
    input: ['string', 1, 'repeated'],
    output: ['string', 2, 'repeated'],
    name: ['string', 3],
    opType: ['string', 4],
    attribute: ['AttributeProto', 5, 'repeated'],
  },
  AttributeProto: {
    name: ['string', 1],
    f: ['float', 2],
    i: ['int64', 3],
    s: ['bytes', 4],
    t: ['TensorProto', 5],
    floats: ['float', 7, 'repeated'],
    ints: ['int64', 8, 'repeated'],
    type: ['int32', 20],
  },
  TensorProto: {
    dims: ['int64', 1, 'repeated'],
    dataType: ['int32', 2],
    floatData: ['float', 4, 'repeated'],
    int32Data: ['int32', 5, 'repeated'],
    int64Data: ['int64', 7, 'repeated'],
    name: ['string', 8],
    rawData: ['bytes', 9],
  },
};

const root = protobuf.Root.fromJSON({
  nested: Object.fromEntries(
    Object.entries(SCHEMA).map(([message, fields]) => [
      message,
      {
        fields: Object.fromEntries(
          Object.entries(fields).map(([name, [type, id, rule]]) => [
            name,
            rule === undefined ? { type, id } : { type, id, rule },
          ]),
        ),
      },
    ]),
  ),
});
const modelType = root.lookupType('ModelProto');

/**
 * Reads a serialised network.
 *
 * @throws when the bytes are no ONNX model
 */
export function decodeOnnx(bytes: Uint8Array): OnnxModel {
  const options = { longs: Number, arrays: true };
  return modelType.toObject(modelType.decode(bytes), options) as unknown as OnnxModel;
}

/** The reverse of {@link decodeOnnx}. */
export function encodeOnnx(model: OnnxModel): Uint8Array {
  return modelType.encode(modelType.fromObject(model)).finish();
}
