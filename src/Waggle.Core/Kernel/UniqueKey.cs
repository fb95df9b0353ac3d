namespace Waggle.Core.Kernel;

/// <summary>The key of one entity by the value of an index column that is unique in its kind.</summary>
internal readonly record struct UniqueKey(string Kind, string Column, string Value);
