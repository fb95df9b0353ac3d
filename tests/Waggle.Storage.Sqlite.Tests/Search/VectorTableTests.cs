using Waggle.Storage.Sqlite.Search;
using Waggle.TestKit;

namespace Waggle.Storage.Sqlite.Tests.Search;

public sealed class VectorTableTests
{
    private const int Dimensions = 7;

    [Fact]
    public void The_nearest_rows_are_those_of_a_search_through_a_dictionary() => Gen.ForAll(60, gen =>
    {
        var table = new VectorTable();
        table.Load([]);
        var model = new Dictionary<long, (int Group, long Expires, float[] Values)>();
        for (var step = gen.Int(1, 400); step > 0; step--)
        {
            var number = (long)gen.Int(1, 120);
            if (gen.Int(0, 3) == 0)
            {
                table.Remove(number);
                model.Remove(number);
                continue;
            }

            model[number] = (gen.Int(0, 2), gen.Int(0, 5) == 0 ? 50 : long.MaxValue, Unit(gen));
            table.Put(number, model[number].Group, model[number].Expires, model[number].Values);
        }

        var query = Unit(gen);
        var threshold = gen.Maybe<float?>(() => gen.Int(0, 10) / 10f, 0.5);
        var found = table.Find(query, row => row.Group < 2, now: 100, threshold, limit: 10);
        var scored = model.Where(m => m.Value is { Group: < 2, Expires: > 100 })
            .Select(m => (Number: m.Key, Score: Math.Clamp(m.Value.Values.Zip(query, (a, b) => a * b).Sum(), -1, 1)))
            .OrderByDescending(m => m.Score).ThenBy(m => m.Number).ToArray();
        var below = scored.Where(m => threshold > Math.Max(0, m.Score)).ToArray();

        Assert.Equal(model.Count, table.Count);
        Assert.Equal(scored.Except(below).Take(10).Select(m => m.Number), found.Hits.Select(h => h.Number));
        Assert.Equal(below.Length, found.Below);
        Assert.Equal(below.Length == 0 ? -1 : Math.Max(0, below[0].Score), found.BestBelow ?? -1, 1e-5f);
    });

    [Fact]
    public void A_table_of_several_blocks_finds_every_row()
    {
        var table = new VectorTable();
        table.Load(Enumerable.Range(0, 5000).Select(i => ((long)i, 0, long.MaxValue, Direction(i))));

        foreach (var i in (int[])[0, 2047, 2048, 4999]) Assert.Equal(i, table.Find(Direction(i), null, 0, null, 1).Hits.Single().Number);
        table.Clear();
        Assert.Empty(table.Find(Direction(0), null, 0, null, 1).Hits);
    }

    [Fact]
    public void A_vector_of_another_length_finds_nothing()
    {
        var table = new VectorTable();
        table.Load([(1, 0, long.MaxValue, Direction(1))]);
        Assert.Empty(table.Find([1, 0, 0], null, 0, null, 10).Hits);
    }

    private static float[] Unit(Gen gen)
    {
        var vector = Enumerable.Range(0, Dimensions).Select(_ => (float)gen.Int(-9, 9)).ToArray();
        vector[0] += 0.5f;
        var length = MathF.Sqrt(vector.Sum(v => v * v));
        return [.. vector.Select(v => v / length)];
    }

    private static float[] Direction(int i) => [MathF.Cos(i * 0.001f), MathF.Sin(i * 0.001f)];
}
