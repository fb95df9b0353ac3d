using System.Text.Json.Serialization;

namespace Waggle.Storage.Sqlite;

/// <summary>The values of a condition travel to SQLite as one JSON array, so that one statement serves any number of them.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
internal sealed partial class SearchJson : JsonSerializerContext;
