import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Statistics } from './statistics.js';

@Module({ imports: [DiscoveryModule], providers: [Statistics], exports: [Statistics] })
export class StatisticsModule {}
