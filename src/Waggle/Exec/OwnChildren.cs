using Waggle.Shared;

namespace Waggle.Exec;

/// <summary>The processes that this process started and has not collected yet. Thread-safe.</summary>
internal static class OwnChildren
{
    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Ids = [];

    /// <summary>Starts a process under the lock: the table must contain it before another thread can see that it has ended.</summary>
    public static int Start(Func<int> start)
    {
        lock (Gate)
        {
            var id = start();
            Ids.Add(id);
            return id;
        }
    }

    public static void Forget(int id)
    {
        lock (Gate) Ids.Remove(id);
    }

    /// <summary>Collects those of <paramref name="ended"/> that this process did not start.</summary>
    public static void CollectOthers(Func<IEnumerable<int>> ended)
    {
        lock (Gate)
        {
            foreach (var id in ended().Where(id => !Ids.Contains(id))) _ = Libc.waitpid(id, out _, Libc.WaitNoHang);
        }
    }
}
