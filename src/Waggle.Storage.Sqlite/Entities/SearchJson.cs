using System.Text.Json.Serialization;

namespace Waggle.Storage.Sqlite;

/// <summary>Encodes the values of a condition as one JSON array, so that one statement serves any number of them.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SearchJson : JsonSerializerContext;
