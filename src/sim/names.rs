//! Names of people by culture, with the ASCII form that their user principal name is built from.
//!
//! Written as people write them, accents and scripts included; nothing hostile (that is another scenario's business).

/// A country that people work in.
#[derive(Debug)]
pub struct Country {
    /// ISO 3166-1 alpha-2.
    pub code: &'static str,
    /// What stands in the free-text `country` property.
    pub name: &'static str,
    /// Values of `officeLocation`.
    pub offices: &'static [&'static str],
}

/// The countries of Contoso. The first four take everybody who does not work where their name comes from.
pub const COUNTRIES: &[Country] = &[
    Country { code: "DE", name: "Germany", offices: &["Berlin", "München"] },
    Country { code: "FR", name: "France", offices: &["Paris", "Lyon"] },
    Country { code: "US", name: "United States", offices: &["Redmond", "Austin", "New York"] },
    Country { code: "GB", name: "United Kingdom", offices: &["London", "Leeds"] },
    Country { code: "ES", name: "Spain", offices: &["Madrid", "Sevilla"] },
    Country { code: "BR", name: "Brazil", offices: &["São Paulo"] },
    Country { code: "SE", name: "Sweden", offices: &["Göteborg", "Stockholm"] },
    Country { code: "PL", name: "Poland", offices: &["Kraków", "Łódź"] },
    Country { code: "JP", name: "Japan", offices: &["Tokyo", "Osaka"] },
    Country { code: "CN", name: "China", offices: &["Shanghai"] },
    Country { code: "IN", name: "India", offices: &["Bengaluru", "Pune"] },
    Country { code: "KR", name: "Korea", offices: &["Seoul"] },
    Country { code: "TR", name: "Türkiye", offices: &["İstanbul"] },
    Country { code: "IT", name: "Italy", offices: &["Milano", "Torino"] },
];

/// Names that go together.
#[derive(Debug)]
pub struct Culture {
    /// Position in [`COUNTRIES`].
    pub home: usize,
    /// Whether the family name is written first.
    pub family_first: bool,
    /// Given names: ASCII form and written form, `=` where they differ only by the first capital.
    pub given: &'static [(&'static str, &'static str)],
    /// Family names, in the same form.
    pub family: &'static [(&'static str, &'static str)],
}

/// Every culture. Given names must not repeat between cultures (the first one wins).
#[rustfmt::skip]
pub const CULTURES: &[Culture] = &[
    Culture {
        home: 0,
        family_first: false,
        given: &[
            ("anke", "Anke"), ("bernd", "Bernd"), ("dieter", "Dieter"), ("elke", "Elke"),
            ("friederike", "Friederike"), ("gunther", "Günther"), ("heike", "Heike"), ("jorg", "Jörg"),
            ("jurgen", "Jürgen"), ("katrin", "Katrin"), ("lukas", "Lukas"), ("matthias", "Matthias"),
            ("nele", "Nele"), ("otto", "Otto"), ("petra", "Petra"), ("rainer", "Rainer"), ("soren", "Sören"),
            ("thorsten", "Thorsten"), ("ulrike", "Ulrike"), ("wiebke", "Wiebke"),
        ],
        family: &[
            ("bauer", "Bauer"), ("becker", "Becker"), ("fischer", "Fischer"), ("gross", "Groß"),
            ("hoffmann", "Hoffmann"), ("jager", "Jäger"), ("koch", "Koch"), ("kruger", "Krüger"),
            ("lehmann", "Lehmann"), ("meyer", "Meyer"), ("muller", "Müller"), ("neumann", "Neumann"),
            ("richter", "Richter"), ("schafer", "Schäfer"), ("schmidt", "Schmidt"), ("schroder", "Schröder"),
            ("vogel", "Vogel"), ("wagner", "Wagner"), ("weiss", "Weiß"), ("zimmermann", "Zimmermann"),
        ],
    },
    Culture {
        home: 1,
        family_first: false,
        given: &[
            ("adele", "Adèle"), ("benoit", "Benoît"), ("camille", "Camille"), ("celine", "Céline"),
            ("edouard", "Édouard"), ("elodie", "Élodie"), ("francois", "François"), ("gaelle", "Gaëlle"),
            ("helene", "Hélène"), ("jerome", "Jérôme"), ("loic", "Loïc"), ("margaux", "Margaux"),
            ("noemie", "Noémie"), ("olivier", "Olivier"), ("remi", "Rémi"), ("sebastien", "Sébastien"),
            ("theo", "Théo"), ("yann", "Yann"),
        ],
        family: &[
            ("bernard", "Bernard"), ("besnard", "Besnard"), ("chevalier", "Chevalier"), ("deschamps", "Deschamps"),
            ("dubois", "Dubois"), ("faure", "Faure"), ("gauthier", "Gauthier"), ("lefevre", "Lefèvre"),
            ("legrand", "Legrand"), ("lemaitre", "Lemaître"), ("mercier", "Mercier"), ("moreau", "Moreau"),
            ("noel", "Noël"), ("perrin", "Perrin"), ("robert", "Robert"), ("rousseau", "Rousseau"),
            ("simon", "Simon"), ("thibault", "Thibault"), ("vidal", "Vidal"),
        ],
    },
    Culture {
        home: 2,
        family_first: false,
        given: &[
            ("alex", "Alex"), ("allan", "Allan"), ("christie", "Christie"), ("debra", "Debra"), ("diego", "Diego"),
            ("emily", "Emily"), ("grady", "Grady"), ("irvin", "Irvin"), ("isaiah", "Isaiah"), ("joni", "Joni"),
            ("jordan", "Jordan"), ("lee", "Lee"), ("lidia", "Lidia"), ("lynne", "Lynne"), ("megan", "Megan"),
            ("miriam", "Miriam"), ("nestor", "Nestor"), ("patti", "Patti"), ("raul", "Raul"), ("wanda", "Wanda"),
        ],
        family: &[
            ("bowen", "Bowen"), ("cline", "Cline"), ("deyoung", "DeYoung"), ("fernandez", "Fernandez"),
            ("graham", "Graham"), ("gu", "Gu"), ("holloway", "Holloway"), ("johnson", "Johnson"),
            ("langer", "Langer"), ("miller", "Miller"), ("obrien", "O'Brien"), ("robbins", "Robbins"),
            ("sherman", "Sherman"), ("siciliani", "Siciliani"), ("thomas", "Thomas"), ("vance", "Vance"),
            ("walker", "Walker"), ("wilber", "Wilber"),
        ],
    },
    Culture {
        home: 3,
        family_first: false,
        given: &[
            ("aoife", "Aoife"), ("callum", "Callum"), ("eleri", "Eleri"), ("fiona", "Fiona"), ("gareth", "Gareth"),
            ("hamish", "Hamish"), ("imogen", "Imogen"), ("niamh", "Niamh"), ("oliver", "Oliver"), ("poppy", "Poppy"),
            ("rhys", "Rhys"), ("sinead", "Sinéad"), ("tamsin", "Tamsin"), ("zoe", "Zoë"),
        ],
        family: &[
            ("armstrong", "Armstrong"), ("barnes", "Barnes"), ("campbell", "Campbell"), ("davies", "Davies"),
            ("ellis", "Ellis"), ("fletcher", "Fletcher"), ("hughes", "Hughes"), ("kaur", "Kaur"),
            ("macleod", "MacLeod"), ("murphy", "Murphy"), ("omalley", "O’Malley"), ("patterson", "Patterson"),
            ("reid", "Reid"), ("shaw", "Shaw"), ("turner", "Turner"), ("whitfield", "Whitfield"),
        ],
    },
    Culture {
        home: 4,
        family_first: false,
        given: &[
            ("alvaro", "Álvaro"), ("begona", "Begoña"), ("concepcion", "Concepción"), ("inigo", "Íñigo"),
            ("jesus", "Jesús"), ("lucia", "Lucía"), ("maria", "María"), ("nuria", "Núria"), ("ramon", "Ramón"),
            ("sofia", "Sofía"), ("victor", "Víctor"),
        ],
        family: &[
            ("alonso", "Alonso"), ("castano", "Castaño"), ("dominguez", "Domínguez"), ("garcia", "García"),
            ("gomez", "Gómez"), ("ibanez", "Ibáñez"), ("jimenez", "Jiménez"), ("lopez", "López"), ("munoz", "Muñoz"),
            ("nunez", "Núñez"), ("pena", "Peña"), ("sanchez", "Sánchez"), ("vazquez", "Vázquez"),
        ],
    },
    Culture {
        home: 5,
        family_first: false,
        given: &[
            ("antonio", "Antônio"), ("caua", "Cauã"), ("flavia", "Flávia"), ("gloria", "Glória"), ("joao", "João"),
            ("leticia", "Letícia"), ("otavio", "Otávio"), ("thais", "Thaís"),
        ],
        family: &[
            ("araujo", "Araújo"), ("assuncao", "Assunção"), ("conceicao", "Conceição"), ("gouvea", "Gouvêa"),
            ("magalhaes", "Magalhães"), ("oliveira", "Oliveira"), ("ribeiro", "Ribeiro"), ("simoes", "Simões"),
            ("souza", "Souza"),
        ],
    },
    Culture {
        home: 6,
        family_first: false,
        given: &[
            ("asa", "Åsa"), ("bjorn", "Björn"), ("gosta", "Gösta"), ("hakan", "Håkan"), ("ingrid", "Ingrid"),
            ("jorunn", "Jørunn"), ("linnea", "Linnéa"), ("maans", "Måns"), ("saga", "Saga"),
            ("torbjorn", "Torbjörn"),
        ],
        family: &[
            ("ahlstrom", "Åhlström"), ("bergstrom", "Bergström"), ("hakansson", "Håkansson"),
            ("lindstrom", "Lindström"), ("nygard", "Nygård"), ("osterberg", "Österberg"), ("sjogren", "Sjögren"),
            ("soderberg", "Söderberg"), ("wikstrom", "Wikström"),
        ],
    },
    Culture {
        home: 7,
        family_first: false,
        given: &[
            ("agnieszka", "Agnieszka"), ("boguslaw", "Bogusław"), ("kasia", "Kasia"), ("lukasz", "Łukasz"),
            ("malgorzata", "Małgorzata"), ("pawel", "Paweł"), ("slawomir", "Sławomir"), ("stanislaw", "Stanisław"),
            ("zbigniew", "Zbigniew"),
        ],
        family: &[
            ("blaszczyk", "Błaszczyk"), ("dabrowska", "Dąbrowska"), ("jablonska", "Jabłońska"), ("krol", "Król"),
            ("lewandowska", "Lewandowska"), ("wisniewska", "Wiśniewska"), ("wojcik", "Wójcik"), ("zajac", "Zając"),
        ],
    },
    Culture {
        home: 8,
        family_first: true,
        given: &[
            ("akira", "明"), ("daichi", "大地"), ("haruto", "陽翔"), ("hina", "陽菜"), ("kenji", "健二"), ("misaki", "美咲"),
            ("naoko", "直子"), ("sakura", "さくら"), ("takumi", "拓海"), ("yui", "結衣"),
        ],
        family: &[
            ("ito", "伊藤"), ("kobayashi", "小林"), ("nakamura", "中村"), ("sato", "佐藤"), ("suzuki", "鈴木"),
            ("takahashi", "高橋"), ("tanaka", "田中"), ("watanabe", "渡辺"), ("yamamoto", "山本"), ("yoshida", "吉田"),
        ],
    },
    Culture {
        home: 9,
        family_first: true,
        given: &[
            ("fang", "芳"), ("hao", "浩"), ("jing", "静"), ("lei", "磊"), ("min", "敏"), ("na", "娜"), ("qiang", "强"),
            ("wei", "伟"), ("xiuying", "秀英"), ("yang", "洋"),
        ],
        family: &[
            ("chen", "陈"), ("huang", "黄"), ("li", "李"), ("liu", "刘"), ("wang", "王"), ("wu", "吴"), ("xu", "徐"),
            ("yang", "杨"), ("zhang", "张"), ("zhao", "赵"), ("zhou", "周"),
        ],
    },
    Culture {
        home: 10,
        family_first: false,
        given: &[
            ("aarav", "Aarav"), ("ananya", "Ananya"), ("arjun", "Arjun"), ("deepika", "Deepika"),
            ("ishaan", "Ishaan"), ("kavya", "Kavya"), ("lakshmi", "Lakshmi"), ("priya", "Priya"), ("rohan", "Rohan"),
            ("sanjay", "Sanjay"), ("vikram", "Vikram"),
        ],
        family: &[
            ("agarwal", "Agarwal"), ("banerjee", "Banerjee"), ("chatterjee", "Chatterjee"), ("desai", "Desai"),
            ("gupta", "Gupta"), ("iyer", "Iyer"), ("krishnan", "Krishnan"), ("nair", "Nair"), ("patel", "Patel"),
            ("reddy", "Reddy"), ("sharma", "Sharma"), ("venkataraman", "Venkataraman"),
        ],
    },
    Culture {
        home: 11,
        family_first: true,
        given: &[("jihoon", "지훈"), ("minseo", "민서"), ("seoyeon", "서연"), ("subin", "수빈"), ("yejin", "예진")],
        family: &[
            ("choi", "최"), ("jung", "정"), ("kang", "강"), ("kim", "김"), ("lim", "임"), ("park", "박"), ("yoon", "윤"),
        ],
    },
    Culture {
        home: 12,
        family_first: false,
        given: &[
            ("ayse", "Ayşe"), ("emre", "Emre"), ("gokce", "Gökçe"), ("hatice", "Hatice"), ("ilker", "İlker"),
            ("tugba", "Tuğba"),
        ],
        family: &[
            ("celik", "Çelik"), ("gunes", "Güneş"), ("ozturk", "Öztürk"), ("sahin", "Şahin"),
            ("yildirim", "Yıldırım"), ("yilmaz", "Yılmaz"),
        ],
    },
    Culture {
        home: 13,
        family_first: false,
        given: &[
            ("chiara", "Chiara"), ("enzo", "Enzo"), ("giulia", "Giulia"), ("nicolo", "Nicolò"),
            ("ornella", "Ornella"), ("tommaso", "Tommaso"),
        ],
        family: &[
            ("bianchi", "Bianchi"), ("conti", "Conti"), ("deluca", "De Luca"), ("esposito", "Esposito"),
            ("ferrari", "Ferrari"), ("ricci", "Ricci"), ("romano", "Romano"),
        ],
    },
];

/// Departments of people whose license does not depend on theirs.
pub const DEPARTMENTS: &[(&str, &[&str])] = &[
    ("Sales", &["Account Executive", "Sales Manager", "Sales Assistant"]),
    ("Finance", &["Controller", "Accountant"]),
    ("Human Resources", &["Recruiter", "HR Business Partner"]),
    ("Legal", &["Counsel", "Paralegal"]),
    ("Operations", &["Planner", "Shift Lead", "Technician"]),
    ("Customer Support", &["Support Agent", "Support Lead"]),
    ("Procurement", &["Buyer"]),
    ("IT", &["Administrator", "Service Desk Agent"]),
];
