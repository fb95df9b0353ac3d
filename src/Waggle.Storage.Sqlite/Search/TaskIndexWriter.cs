using System.Globalization;
using Waggle.Core.Ports;

namespace Waggle.Storage.Sqlite.Search;

/// <summary>Writes the index of tasks. One thread at a time uses it; each call is one transaction.</summary>
internal sealed class TaskIndexWriter(SqliteConnection connection)
{
    public TaskIndexState State { get; private set; } = TaskIndexReader.State(connection);

    public TaskIndexState Write(IReadOnlyList<TaskIndexEntry> tasks, TaskIndexProgress progress)
    {
        var added = 0L;
        connection.Transact(() =>
        {
            foreach (var task in tasks) added += Put(task) ? 1 : 0;
            connection.SetMeta("at", progress.At.ToString());
            connection.SetMeta("cursor", progress.Cursor?.ToString(CultureInfo.InvariantCulture));
        });
        return State = new TaskIndexState(progress, State.Tasks + added);
    }

    public int Prune(DateTimeOffset endedBefore, int limit)
    {
        var seqs = new List<long>();
        connection.Transact(() =>
        {
            // Tasks end roughly in the order of their creation, so the oldest rows have what is to be removed.
            var find = connection.Cached("SELECT seq FROM doc WHERE ended < ?1 ORDER BY seq LIMIT ?2");
            find.Bind(1, endedBefore.ToUnixTimeMilliseconds());
            find.Bind(2, limit);
            while (find.Step()) seqs.Add(find.Int64(0));
            foreach (var seq in seqs)
            {
                connection.Run("DELETE FROM doc WHERE seq = ?1", seq);
                connection.Run("DELETE FROM words WHERE rowid = ?1", seq);
            }

            connection.Cached("DELETE FROM fault WHERE NOT EXISTS (SELECT 1 FROM doc WHERE doc.fault = fault.no)").Run();
        });
        State = State with { Tasks = State.Tasks - seqs.Count };
        return seqs.Count;
    }

    private bool Put(TaskIndexEntry task)
    {
        var known = connection.Cached("SELECT 1 FROM doc WHERE seq = ?1");
        known.Bind(1, task.Seq);
        var isNew = !known.Step();
        known.Reset();

        var doc = connection.Cached(
            "INSERT OR REPLACE INTO doc(seq, id, swarm, state, type, parent, at, ended, fault, message) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
        doc.Bind(1, task.Seq);
        doc.BindText(2, task.Id);
        doc.BindText(3, task.Swarm);
        doc.BindText(4, task.State);
        doc.BindText(5, task.Type);
        doc.BindText(6, task.Parent);
        doc.Bind(7, task.At.ToUnixTimeMilliseconds());
        doc.Bind(8, task.EndedAt?.ToUnixTimeMilliseconds());
        doc.Bind(9, task.Error is { } error ? FaultOf(error) : null);
        doc.BindText(10, task.Error?.Message);
        doc.Run();

        var words = connection.Cached(isNew
            ? "INSERT INTO words(rowid, facet, body) VALUES(?1, ?2, ?3)"
            : "INSERT OR REPLACE INTO words(rowid, facet, body) VALUES(?1, ?2, ?3)");
        words.Bind(1, task.Seq);
        words.BindText(2, TaskFacets.Of(task));
        words.BindText(3, task.Text);
        words.Run();
        return isNew;
    }

    private long FaultOf(TaskIndexError error)
    {
        var find = connection.Cached("SELECT no FROM fault WHERE fingerprint = ?1");
        find.BindText(1, error.Fingerprint);
        if (find.Step())
        {
            var known = find.Int64(0);
            find.Reset();
            return known;
        }

        var insert = connection.Cached("INSERT INTO fault(fingerprint, code) VALUES(?1, ?2) RETURNING no");
        insert.BindText(1, error.Fingerprint);
        insert.BindText(2, error.Code);
        insert.Step();
        var number = insert.Int64(0);
        insert.Reset();
        return number;
    }
}
