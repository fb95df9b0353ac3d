namespace Waggle.Core.Kernel;

/// <summary>A record's data with its place: its own offset if it is durable, else that of the durable one before.</summary>
internal readonly record struct Sealed(RecordData Data, long Offset);
