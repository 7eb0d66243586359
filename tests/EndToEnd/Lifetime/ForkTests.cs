using System.Globalization;

namespace BindToInterface.EndToEnd;

/// <summary>Work made of many short processes.</summary>
[Collection(OrphanCollection.Name)]
public sealed class ForkTests(Lab lab) : LabTest(lab)
{
    private const int Warm = 4_000;
    private const int More = 8_000;

    [LabTheory]
    [Everyone]
    public void Ten_thousand_processes_cost_the_supervisor_nothing_that_stays(Who who)
    {
        using var supervisor = Lab.Start(who, Lab.Supervise("--interface ovpn", Programs.C("proc_many"), Internet.Web4));
        Make(supervisor, Warm);
        var (descriptors, threads, kilobytes) = Measure(supervisor.Pid);

        Make(supervisor, More);
        var after = Measure(supervisor.Pid);

        // An object of the smallest size for each process, kept or left to the collector, would be 192 kB.
        // The receiver on duty keeps some threads' pidfds, and lets go of them when another takes over.
        const int pidfds = 64;
        Assert.True(after.Descriptors <= descriptors + pidfds + 2, $"{descriptors} descriptors became {after.Descriptors}");
        // On a busy machine others have taken over from a receiver that got no processor; a few of them stay, with a stack each.
        const int spareReceivers = 5, stack = 64;
        var more = after.Threads - threads;
        Assert.True(more <= 1 + spareReceivers, $"{threads} threads became {after.Threads}");
        Assert.True(after.Kilobytes <= kilobytes + 190 + Math.Max(0, more) * stack, $"{kilobytes} kB became {after.Kilobytes}");
        supervisor.Finish().Succeeds();
        Lab.NothingLeftBy(Side.Lan0);
    }

    [LabTheory]
    [Everyone]
    public void A_parallel_make_compiles_and_connects(Who who)
    {
        using var scratch = new Scratch();
        File.WriteAllText(scratch.File("Makefile"), $"""
            parts = $(addprefix part,1 2 3 4 5 6 7 8)
            all: program $(parts:=.answer)
            	./program
            program: main.o $(parts:=.o)
            	$(CC) -o $@ $^
            main.c:
            	@echo 'int main(void) {"{ return 0; }"}' >$@
            part%.c:
            	@echo 'int part$*;' >$@
            part%.answer:
            	@{Programs.C("talk")} -n {Internet.Web4} 7 >$@

            """);

        Lab.Bound(who, "make", "-C", scratch.File("."), "--jobs=4").Succeeds();

        var answers = Directory.GetFiles(scratch.File("."), "*.answer").Select(File.ReadAllText).ToList();
        Assert.Equal(8, answers.Count);
        Assert.All(answers, answer => Assert.StartsWith($"ovpn {Side.Ovpn.Address4} ", answer, StringComparison.Ordinal));
        Lab.NothingLeftBy(Side.Lan0);
    }

    private static void Make(Running supervisor, int count)
    {
        var made = string.Create(CultureInfo.InvariantCulture, $"made {count}, 0 failed\n");
        supervisor.Input.Write(System.Text.Encoding.ASCII.GetBytes($"{count}\n"));
        supervisor.Input.Flush();
        Wait.Until(() => supervisor.Output.Contains(made, StringComparison.Ordinal), () => $"not '{made}': {supervisor}");
    }

    private static (int Descriptors, int Threads, int Kilobytes) Measure(int pid)
    {
        var status = File.ReadAllLines($"/proc/{pid}/status");
        return (Directory.GetFiles($"/proc/{pid}/fd").Length, Number("Threads:"), Number("RssAnon:"));

        int Number(string field) =>
            int.Parse(status.Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Replace("kB", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }
}
