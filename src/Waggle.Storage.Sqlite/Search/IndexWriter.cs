using System.Globalization;
using System.Runtime.InteropServices;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Writes the index. One thread at a time uses it; each call is one transaction.</summary>
internal sealed class IndexWriter(SqliteConnection connection, IndexGroups groups, VectorTable vectors)
{
    private IndexState _state = IndexReader.State(connection);

    public IndexState Write(IndexChanges changes)
    {
        var (entries, pending) = (_state.Entries, _state.Pending);
        var removed = new List<long>();
        var counts = new Dictionary<int, long>();
        connection.Transact(() =>
        {
            foreach (var id in changes.Removed)
            {
                if (Find(id) is not { } there) continue;
                Remove(there.Number);
                removed.Add(there.Number);
                CollectionsMarshal.GetValueRefOrAddDefault(counts, there.Group, out _)--;
                (entries, pending) = (entries - 1, pending - (there.IsPending ? 1 : 0));
            }

            foreach (var entry in changes.Put)
            {
                var there = Find(entry.Id);

                // The log is read again after a failure. A version that is indexed already keeps its vector.
                if (there?.Version == entry.Version) continue;
                if (there is null) CollectionsMarshal.GetValueRefOrAddDefault(counts, GroupOf(entry.Group), out _)++;
                else removed.Add(there.Value.Number);
                Put(entry, there);
                (entries, pending) = (entries + (there is null ? 1 : 0), pending + (there is { IsPending: true } ? 0 : 1));
            }

            connection.SetMeta("at", changes.Progress.At.ToString());
            connection.SetMeta("cursor", changes.Progress.Cursor);
        });
        foreach (var number in removed) vectors.Remove(number);
        foreach (var (group, more) in counts) groups.Count(group, more);
        return _state = _state with { Progress = changes.Progress, Entries = entries, Pending = pending };
    }

    public IndexState UseEmbedder(IndexEmbedder embedder)
    {
        var isSame = connection.Meta("embedder") == embedder.Identity;
        var dimensions = embedder.Dimensions > 0 ? embedder.Dimensions : isSame ? _state.Dimensions : 0;
        if (isSame && dimensions == _state.Dimensions) return _state;
        var keeps = isSame && _state.Dimensions == 0;
        connection.Transact(() =>
        {
            if (!keeps)
            {
                connection.Execute("DELETE FROM vector");
                connection.Execute("UPDATE doc SET pending = 1 WHERE pending = 0");
            }

            connection.SetMeta("embedder", embedder.Identity);
            connection.SetMeta("dimensions", dimensions.ToString(CultureInfo.InvariantCulture));
        });
        if (!keeps) vectors.Clear();
        return _state = _state with { Dimensions = dimensions, Pending = keeps ? _state.Pending : _state.Entries };
    }

    public IndexState WriteVectors(IReadOnlyList<IndexVector> rows)
    {
        var written = new List<(IndexVector Row, int Group, long Expires)>(rows.Count);
        var done = 0;
        connection.Transact(() =>
        {
            var waiting = connection.Cached("UPDATE doc SET pending = 0 WHERE no = ?1 AND version = ?2 AND pending = 1 RETURNING grp, expires");
            var put = connection.Cached("INSERT OR REPLACE INTO vector(no, value) VALUES(?1, ?2)");
            foreach (var row in rows)
            {
                waiting.Bind(1, row.Number);
                waiting.Bind(2, row.Version);
                if (!waiting.Step()) continue;
                var (group, expires) = ((int)waiting.Int64(0), IndexReader.ExpiryOf(waiting, 1));
                waiting.Reset();
                done++;
                if (row.Values.Length != _state.Dimensions || row.Values.Length == 0) continue;
                put.Bind(1, row.Number);
                put.BindBlob(2, MemoryMarshal.AsBytes(row.Values.Span));
                put.Run();
                written.Add((row, group, expires));
            }
        });
        foreach (var (row, group, expires) in written) vectors.Put(row.Number, group, expires, row.Values.Span);
        return _state = _state with { Pending = _state.Pending - done };
    }

    private (long Number, long Version, int Group, bool IsPending)? Find(string id)
    {
        var find = connection.Cached("SELECT no, version, grp, pending FROM doc WHERE id = ?1");
        find.BindText(1, id);
        if (!find.Step()) return null;
        var found = (find.Int64(0), find.Int64(1), (int)find.Int64(2), find.Int64(3) == 1);
        find.Reset();
        return found;
    }

    private void Put(IndexEntry entry, (long Number, long Version, int Group, bool IsPending)? there)
    {
        var group = GroupOf(entry.Group);
        long number;
        if (there is { } found)
        {
            number = found.Number;
            var update = connection.Cached("UPDATE doc SET version = ?2, expires = ?3, pending = 1 WHERE no = ?1");
            update.Bind(1, number);
            update.Bind(2, entry.Version);
            update.Bind(3, entry.ExpiresAt?.ToUnixTimeMilliseconds());
            update.Run();
            connection.Run("DELETE FROM vector WHERE no = ?1", number);
        }
        else
        {
            var insert = connection.Cached("INSERT INTO doc(id, grp, version, expires, pending) VALUES(?1, ?2, ?3, ?4, 1) RETURNING no");
            insert.BindText(1, entry.Id);
            insert.Bind(2, group);
            insert.Bind(3, entry.Version);
            insert.Bind(4, entry.ExpiresAt?.ToUnixTimeMilliseconds());
            insert.Step();
            number = insert.Int64(0);
            insert.Reset();
        }

        var words = connection.Cached("INSERT OR REPLACE INTO words(rowid, grp, key, body, notes) VALUES(?1, ?2, ?3, ?4, ?5)");
        words.Bind(1, number);
        words.BindText(2, WordQuery.GroupWord(group));
        words.BindText(3, entry.Key);
        words.BindText(4, entry.Text);
        words.BindText(5, entry.Notes);
        words.Run();
    }

    private void Remove(long number)
    {
        connection.Run("DELETE FROM doc WHERE no = ?1", number);
        connection.Run("DELETE FROM vector WHERE no = ?1", number);
        connection.Run("DELETE FROM words WHERE rowid = ?1", number);
    }

    private int GroupOf(string name)
    {
        if (groups.Number(name) is { } number) return number;
        var insert = connection.Cached("INSERT INTO grp(name) VALUES(?1) ON CONFLICT(name) DO UPDATE SET name = name RETURNING no");
        insert.BindText(1, name);
        insert.Step();
        number = (int)insert.Int64(0);
        insert.Reset();
        groups.Add(number, name, 0);
        return number;
    }
}
