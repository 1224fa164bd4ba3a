import { Module } from '@nestjs/common';
import { OnnxChecks } from './onnx-checks.js';
import { OnnxRunner } from './onnx-runner.js';

/** Models in ONNX: trying them out, and asking them. */
@Module({ providers: [OnnxChecks, OnnxRunner], exports: [OnnxChecks, OnnxRunner] })
export class OnnxModule {}
