// Words that the protocol's messages, the hive's records and the test framework share: here they mean the records.
global using Record = Waggle.Protocol.Records.Record;
global using TaskCancelled = Waggle.Core.Tasks.TaskCancelled;
global using TaskCreated = Waggle.Core.Tasks.TaskCreated;
