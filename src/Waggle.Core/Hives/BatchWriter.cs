using System.Buffers;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol.Json;

namespace Waggle.Core.Hives;

/// <summary>Writes the stored forms of the entities that a batch changed, one after the other into one buffer. Only the owner's loop uses it.</summary>
internal sealed class BatchWriter(HiveContext hive)
{
    private const int FirstBytes = 64 * 1024;

    // The writer keeps no larger buffer, so that one large batch does not cost the hive memory for ever.
    private const int KeptBytes = 4 * 1024 * 1024;

    private readonly List<(EntityKey Key, EntityRow Row, int Start, int Length)> _writes = [];
    private ArrayBufferWriter<byte> _bodies = new(FirstBytes);
    private List<EntityKey>? _removed;

    /// <summary>The entities that the last call of <see cref="Write"/> found deleted.</summary>
    public IReadOnlyList<EntityKey> Removed => _removed ?? (IReadOnlyList<EntityKey>)[];

    /// <summary>Writes the changed entities. Their bodies are valid until the next call.</summary>
    public List<StoredEntity> Write()
    {
        _removed = null;
        if (_bodies.Capacity > KeptBytes) _bodies = new(FirstBytes);
        _bodies.ResetWrittenCount();
        _writes.Clear();
        using (var writer = new Utf8JsonWriter(_bodies, JsonText.Trusted))
        {
            foreach (var key in hive.Dirty)
            {
                var table = hive.Table(key.Kind) ?? throw new InvalidOperationException($"No feature registers the kind '{key.Kind}'.");
                if (table.IsRemoved(key.Id))
                {
                    (_removed ??= []).Add(key);
                    continue;
                }

                var start = _bodies.WrittenCount;
                var row = table.Write(writer, key.Id);
                writer.Flush();
                _writes.Add((key, row, start, _bodies.WrittenCount - start));
                writer.Reset();
            }
        }

        var bodies = _bodies.WrittenMemory;
        return _writes.ConvertAll(w => new StoredEntity(w.Key.Kind, w.Key.Id, w.Row.Seq, w.Row.ClosedAt, w.Row.Columns, bodies.Slice(w.Start, w.Length)));
    }
}
