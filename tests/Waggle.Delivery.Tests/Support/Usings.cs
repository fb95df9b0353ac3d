global using Record = Waggle.Protocol.Records.Record;
